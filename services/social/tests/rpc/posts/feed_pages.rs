//! Feeds page by page, while the circle goes on posting and sharing: each post is there once.

use std::collections::{BTreeMap, HashSet};

use connectus_proto::social::v1::Post;
use connectus_testkit::{Person, Suite};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use crate::support::{connect, delete, feed, feed_page, post, reply, say, share, unshare};

/// Something that somebody of five does; posts are counted from the first, and around.
#[derive(Clone, Debug)]
enum Step {
    Say(usize),
    Reply(usize, usize),
    Share(usize, usize),
    Unshare(usize, usize),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (person, post) = (0..5_usize, 0..8_usize);
    prop_oneof![
        4 => person.clone().prop_map(Step::Say),
        1 => (person.clone(), post.clone()).prop_map(|(person, post)| Step::Reply(person, post)),
        6 => (person.clone(), post.clone()).prop_map(|(person, post)| Step::Share(person, post)),
        2 => (person, post.clone()).prop_map(|(person, post)| Step::Unshare(person, post)),
        1 => post.prop_map(Step::Delete),
    ]
}

/// Five people, of whom the first three are a circle, and what they have said and shared.
struct Model {
    suite: Suite,
    people: Vec<Person>,
    /// The posts, each with its author, oldest first.
    posts: Vec<(Post, usize)>,
    /// When who shared what, by the numbers of the steps.
    shares: BTreeMap<usize, (usize, String)>,
    /// When what was said.
    said: BTreeMap<String, usize>,
    steps: usize,
}

/// How many of the people are a circle.
const CIRCLE: usize = 3;

impl Model {
    async fn new() -> Self {
        let suite = Suite::start().await;
        let mut people = Vec::new();
        for name in ["Ann", "Ben", "Cem", "Dee", "Eve"] {
            people.push(suite.user(name).await);
        }
        connect(&suite, &people[0], &people[1]).await;
        connect(&suite, &people[0], &people[2]).await;
        Self { suite, people, posts: Vec::new(), shares: BTreeMap::new(), said: BTreeMap::new(), steps: 0 }
    }

    async fn clear(&mut self) {
        self.suite.database.execute("DELETE FROM social.posts; DELETE FROM social.throttles").await;
        (self.posts, self.shares, self.said) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    }

    async fn take(&mut self, step: Step) {
        self.steps += 1;
        match step {
            Step::Say(person) => {
                let said = say(&self.suite, &self.people[person], "x").await;
                self.add(said, person);
            }
            _ if self.posts.is_empty() => {}
            Step::Reply(person, to) => {
                let content = reply(&self.posts[to % self.posts.len()].0, "y");
                let said = post(&self.suite, &self.people[person], content).await.unwrap();
                self.add(said, person);
            }
            Step::Share(person, index) => {
                let id = self.posts[index % self.posts.len()].0.id.clone();
                share(&self.suite, &self.people[person], &id).await.unwrap();
                if !self.shares.values().any(|shared| *shared == (person, id.clone())) {
                    self.shares.insert(self.steps, (person, id));
                }
            }
            Step::Unshare(person, index) => {
                let id = self.posts[index % self.posts.len()].0.id.clone();
                unshare(&self.suite, &self.people[person], &id).await.unwrap();
                self.shares.retain(|_, shared| *shared != (person, id.clone()));
            }
            Step::Delete(index) => {
                let (gone, author) = self.posts.remove(index % self.posts.len());
                delete(&self.suite, &self.people[author], &gone.id).await.unwrap();
                self.shares.retain(|_, (_, id)| *id != gone.id);
            }
        }
    }

    fn add(&mut self, post: Post, author: usize) {
        self.said.insert(post.id.clone(), self.steps);
        self.posts.push((post, author));
    }

    /// The feed of the first: the posts' ids, each with who has shared it.
    fn expected(&self) -> Vec<(String, String)> {
        let place = |(post, author): &(Post, usize)| {
            let is_reply = !post.content.as_ref().unwrap().reply_to_id.is_empty();
            if *author < CIRCLE && !is_reply {
                return Some((self.said[&post.id], post.id.clone(), String::new()));
            }
            let mut shares = self.shares.iter().filter(|(_, (by, id))| *by < CIRCLE && *id == post.id);
            shares.next().map(|(when, (by, id))| (*when, id.clone(), self.people[*by].id.clone()))
        };
        let mut places: Vec<_> = self.posts.iter().filter_map(place).collect();
        places.sort_unstable_by(|(one, ..), (other, ..)| other.cmp(one));
        places.into_iter().map(|(_, id, sharer)| (id, sharer)).collect()
    }
}

#[test]
fn a_feed_is_what_was_posted_and_shared_and_its_pages_have_each_post_once_whatever_happens_meanwhile() {
    let runtime = Runtime::new().unwrap();
    let model = std::cell::RefCell::new(runtime.block_on(Model::new()));
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let steps = (prop::collection::vec(step(), 4..16), prop::collection::vec(step(), 0..8), 1..4_i32);
    runner
        .run(&steps, |(before, meanwhile, size)| {
            let mut model = model.borrow_mut();
            runtime.block_on(async {
                model.clear().await;
                for step in before {
                    model.take(step).await;
                }
                check(&mut model, meanwhile, size).await;
            });
            Ok(())
        })
        .unwrap();
}

async fn check(model: &mut Model, meanwhile: Vec<Step>, size: i32) {
    let expected = model.expected();
    let shown = feed(&model.suite, &model.people[0]).await;
    let shown: Vec<_> = shown.into_iter().map(|post| (post.id, post.sharer_id)).collect();
    assert_eq!(shown, expected);
    let (mut seen, mut token, mut meanwhile) = (Vec::new(), String::new(), meanwhile.into_iter());
    loop {
        let page = feed_page(&model.suite, &model.people[0], size, &token).await;
        seen.extend(page.posts.into_iter().map(|post| (post.id, post.sharer_id)));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        if let Some(step) = meanwhile.next() {
            model.take(step).await;
        }
    }
    let once: HashSet<&String> = seen.iter().map(|(id, _)| id).collect();
    assert_eq!(once.len(), seen.len(), "{seen:?}");
    // What stands where it stood is missed by nobody.
    let after = model.expected();
    for place in expected.iter().filter(|place| after.contains(place)) {
        assert!(seen.contains(place), "{place:?} is missed in {seen:?}");
    }
}
