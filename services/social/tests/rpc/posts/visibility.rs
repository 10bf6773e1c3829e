//! Who sees which posts, whatever the author and the viewer have done to each other.

use std::collections::BTreeSet;

use connectus_proto::social::v1::{Post, PostContent, Visibility};
use connectus_testkit::{Person, Suite, refusal};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;
use tonic::Status;

use super::NOT_FOUND;
use crate::support::{
    Viewer, block, comments, connect, disconnect, feed, get, like, post, posts_of, reply, share, stored, unblock,
    unlike, unshare, words_for,
};

const ALL: [Visibility; 3] = [Visibility::Public, Visibility::Connections, Visibility::Private];

/// Something that changes how the author and the viewer stand to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Connect,
    Disconnect,
    AuthorBlocks,
    AuthorUnblocks,
    ViewerBlocks,
    ViewerUnblocks,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Connect),
        1 => Just(Step::Disconnect),
        2 => Just(Step::AuthorBlocks),
        2 => Just(Step::AuthorUnblocks),
        1 => Just(Step::ViewerBlocks),
        2 => Just(Step::ViewerUnblocks),
    ]
}

/// How they must stand to each other.
#[derive(Clone, Copy, Debug, Default)]
struct Relation {
    is_connected: bool,
    author_blocks: bool,
    viewer_blocks: bool,
}

impl Relation {
    async fn take(&mut self, suite: &Suite, author: &Person, viewer: &Person, step: Step) {
        match step {
            Step::Connect if !self.is_connected && !self.author_blocks && !self.viewer_blocks => {
                connect(suite, author, viewer).await;
                self.is_connected = true;
            }
            Step::Disconnect if self.is_connected => {
                disconnect(suite, viewer, author).await;
                self.is_connected = false;
            }
            Step::AuthorBlocks if !self.viewer_blocks => {
                block(suite, author, viewer).await;
                (self.is_connected, self.author_blocks) = (false, true);
            }
            Step::ViewerBlocks if !self.author_blocks => {
                block(suite, viewer, author).await;
                (self.is_connected, self.viewer_blocks) = (false, true);
            }
            Step::AuthorUnblocks if self.author_blocks => {
                unblock(suite, author, viewer).await;
                self.author_blocks = false;
            }
            Step::ViewerUnblocks if self.viewer_blocks => {
                unblock(suite, viewer, author).await;
                self.viewer_blocks = false;
            }
            _ => {}
        }
    }

    fn sees(self, visibility: Visibility) -> bool {
        !self.author_blocks
            && (visibility == Visibility::Public || (visibility == Visibility::Connections && self.is_connected))
    }
}

/// An author with a post and a reply of each visibility, one who looks, and one who has been replied to.
struct Scene {
    suite: Suite,
    author: Person,
    viewer: Person,
    common: Post,
    posts: Vec<Post>,
    replies: Vec<Post>,
}

impl Scene {
    async fn new() -> Self {
        let suite = Suite::start().await;
        let (author, viewer, friend) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
        // Whom both know, and who shares what the author says.
        connect(&suite, &friend, &author).await;
        connect(&suite, &friend, &viewer).await;
        let common = crate::support::say(&suite, &friend, "common").await;
        let (mut posts, mut replies) = (Vec::new(), Vec::new());
        for visibility in ALL {
            let said = post(&suite, &author, words_for(visibility, "said")).await.unwrap();
            if visibility != Visibility::Private {
                share(&suite, &friend, &said.id).await.unwrap();
            }
            posts.push(said);
            let answer = PostContent { visibility: visibility.into(), ..reply(&common, "answer") };
            replies.push(post(&suite, &author, answer).await.unwrap());
        }
        Self { suite, author, viewer, common, posts, replies }
    }

    /// Those of some posts, one of each visibility, that must be seen.
    fn visible(posts: &[Post], relation: Relation) -> BTreeSet<String> {
        posts
            .iter()
            .zip(ALL)
            .filter(|(_, visibility)| relation.sees(*visibility))
            .map(|(post, _)| post.id.clone())
            .collect()
    }

    async fn check(&self, relation: Relation) {
        let Self { suite, author, viewer, common, posts, replies } = self;
        let (said, answers) = (Self::visible(posts, relation), Self::visible(replies, relation));
        for post in posts.iter().chain(replies) {
            let is_seen = said.contains(&post.id) || answers.contains(&post.id);
            self.check_each(Some(viewer), post, is_seen).await;
        }
        let both: BTreeSet<String> = said.union(&answers).cloned().collect();
        match posts_of(suite, Some(viewer), &author.id).await {
            Ok(listed) => assert_eq!(ids(&listed), both, "{relation:?}"),
            Err(_) => assert!(relation.author_blocks, "{relation:?}"),
        }
        // What one has blocked one does not meet by chance.
        let met = |posts: BTreeSet<String>| if relation.viewer_blocks { BTreeSet::new() } else { posts };
        assert_eq!(ids(&comments(suite, Some(viewer), &common.id).await.unwrap()), met(answers), "{relation:?}");
        let mut in_feed = met(said);
        in_feed.insert(common.id.clone());
        assert_eq!(ids(&feed(suite, viewer).await), in_feed, "{relation:?}");
    }

    /// Tries everything that is about one post.
    async fn check_each(&self, viewer: Viewer<'_>, post: &Post, is_seen: bool) {
        let (suite, id) = (&self.suite, post.id.as_str());
        expect("get", is_seen, get(suite, viewer, id).await);
        expect("comments", is_seen, comments(suite, viewer, id).await);
        let Some(viewer) = viewer else { return };
        expect("like", is_seen, like(suite, viewer, id).await);
        expect("unlike", is_seen, unlike(suite, viewer, id).await);
        expect("share", is_seen, share(suite, viewer, id).await);
        expect("unshare", is_seen, unshare(suite, viewer, id).await);
        let answer = crate::support::post(suite, viewer, reply(post, "me too")).await;
        if let Ok(answer) = &answer {
            crate::support::delete(suite, viewer, &answer.id).await.unwrap();
        }
        expect("reply", is_seen, answer);
    }
}

fn ids(posts: &[Post]) -> BTreeSet<String> {
    posts.iter().map(|post| post.id.clone()).collect()
}

fn expect<T: std::fmt::Debug>(what: &str, is_seen: bool, answer: Result<T, Status>) {
    if is_seen {
        answer.unwrap_or_else(|status| panic!("{what}: {status:?}"));
    } else {
        assert_eq!(refusal(answer), NOT_FOUND, "{what}");
    }
}

#[test]
fn whatever_two_have_done_to_each_other_one_sees_what_is_for_them() {
    let runtime = Runtime::new().unwrap();
    let scene = runtime.block_on(Scene::new());
    let mut relation = Relation::default();
    runtime.block_on(scene.check(relation));
    // The steps go on from where they have led before; throttles are not what this is about.
    let mut runner = TestRunner::new(Config { cases: 8, failure_persistence: None, ..Config::default() });
    let relation = std::cell::RefCell::new(&mut relation);
    runner
        .run(&prop::collection::vec(step(), 1..4), |steps| {
            let mut relation = relation.borrow_mut();
            runtime.block_on(async {
                scene.suite.database.execute("DELETE FROM account.throttles; DELETE FROM social.throttles").await;
                for step in steps {
                    relation.take(&scene.suite, &scene.author, &scene.viewer, step).await;
                }
                scene.check(**relation).await;
            });
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_author_sees_everything_and_nobody_in_particular_what_is_for_everybody() {
    let scene = Scene::new().await;
    let Scene { suite, author, posts, replies, .. } = &scene;
    for post in posts.iter().chain(replies) {
        scene.check_each(Some(author), post, true).await;
    }
    assert_eq!(posts_of(suite, Some(author), "me").await.unwrap().len(), 6);
    for (post, visibility) in posts.iter().zip(ALL) {
        scene.check_each(None, post, visibility == Visibility::Public).await;
    }
    let shown = posts_of(suite, None, &author.id).await.unwrap();
    assert_eq!(ids(&shown), [posts[0].id.clone(), replies[0].id.clone()].into());
}

#[tokio::test]
async fn what_is_refused_changes_nothing() {
    let scene = Scene::new().await;
    let Scene { suite, author, viewer, posts, .. } = &scene;
    block(suite, author, viewer).await;
    let before = stored(suite).await;
    for post in posts {
        scene.check_each(Some(viewer), post, false).await;
    }
    assert_eq!(stored(suite).await, before);
}

#[tokio::test]
async fn nobody_sees_what_an_account_said_that_is_gone() {
    let scene = Scene::new().await;
    let Scene { suite, author, viewer, posts, common, .. } = &scene;
    // Social learns of it a moment later than account.
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", author.id)).await;
    for post in posts {
        scene.check_each(Some(viewer), post, false).await;
    }
    assert!(comments(suite, Some(viewer), &common.id).await.unwrap().is_empty());
    assert_eq!(ids(&feed(suite, viewer).await), [common.id.clone()].into());
    posts_of(suite, None, &author.id).await.unwrap_err();
}
