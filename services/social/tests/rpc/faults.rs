//! What callers are told when the database or account fails; and that nothing is half done then.

use connectus_proto::{
    common::v1::ErrorReason,
    social::v1::{ListFeedRequest, Post},
};
use connectus_testkit::{Options, Person, Server, Suite, eventually, refusal};
use tonic::{Code, Status};

use crate::support::{
    comments, delete, get, like, miscounted, post, posts_of, reply, say, share, stored, totals, unlike, unshare,
    until_delivered, until_totals, words,
};

/// Two people, of whom one has posted.
struct Scene {
    suite: Suite,
    ann: Person,
    ben: Person,
    post: Post,
}

impl Scene {
    async fn new(suite: Suite) -> Self {
        let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
        let post = say(&suite, &ann, "first").await;
        until_delivered(&suite).await;
        Self { suite, ann, ben, post }
    }

    /// Calls the rpcs that ask account about somebody.
    async fn calls_that_need_account(&self) -> Vec<(&'static str, Result<(), Status>)> {
        let Self { suite, ann, ben, post: first } = self;
        let id = &*first.id;
        vec![
            ("get", get(suite, Some(ben), id).await.map(drop)),
            ("list", posts_of(suite, None, &ann.id).await.map(drop)),
            ("comments", comments(suite, None, id).await.map(drop)),
            ("feed", suite.posts().list_feed(ben.asks(ListFeedRequest::default())).await.map(drop)),
            ("reply", post(suite, ben, reply(first, "answer")).await.map(drop)),
            ("like", like(suite, ben, id).await),
            ("unlike", unlike(suite, ben, id).await),
            ("share", share(suite, ben, id).await),
            ("unshare", unshare(suite, ben, id).await),
        ]
    }

    /// Calls the rpcs that need nobody else.
    async fn other_calls(&self) -> Vec<(&'static str, Result<(), Status>)> {
        let Self { suite, ann, post: first, .. } = self;
        vec![
            ("create", post(suite, ann, words("x")).await.map(drop)),
            ("get one's own", get(suite, Some(ann), &first.id).await.map(drop)),
            ("list one's own", posts_of(suite, Some(ann), "me").await.map(drop)),
            ("delete", delete(suite, ann, &first.id).await),
        ]
    }
}

#[tokio::test]
async fn while_account_fails_nothing_is_shown_or_written_but_ones_own() {
    let scene = Scene::new(Suite::start().await).await;
    let Scene { suite, ann, post: first, .. } = &scene;
    let before = stored(suite).await;
    suite.database.execute("ALTER TABLE account.accounts RENAME TO gone").await;
    suite.database.execute("ALTER TABLE account.connections RENAME TO links").await;
    for (call, answer) in scene.calls_that_need_account().await {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{call}");
    }
    assert_eq!(stored(suite).await, before);
    say(suite, ann, "second").await;
    assert_eq!(get(suite, Some(ann), &first.id).await.unwrap().id, first.id);
    suite.database.execute("ALTER TABLE account.gone RENAME TO accounts").await;
    suite.database.execute("ALTER TABLE account.links RENAME TO connections").await;
    // The account is told when it answers again.
    until_totals(suite, ann, (2, 0, 0)).await;
}

#[tokio::test]
async fn when_the_counts_cannot_be_told_nothing_is_written() {
    let scene = Scene::new(Suite::start().await).await;
    let Scene { suite, ann, ben, post: first } = &scene;
    let before = stored(suite).await;
    suite.database.execute("ALTER TABLE social.outbox RENAME TO gone").await;
    for answer in [
        post(suite, ann, words("x")).await.map(drop),
        like(suite, ben, &first.id).await,
        share(suite, ben, &first.id).await,
        delete(suite, ann, &first.id).await,
    ] {
        assert_eq!(refusal(answer), (Code::Internal, ErrorReason::Internal));
    }
    suite.database.execute("ALTER TABLE social.gone RENAME TO outbox").await;
    assert_eq!((stored(suite).await, miscounted(suite).await), (before, String::new()));
    assert_eq!(totals(suite, ann).await, (1, 0, 0));
}

#[tokio::test]
async fn a_fault_is_internal_and_its_cause_is_not_told() {
    let scene = Scene::new(Suite::start().await).await;
    scene.suite.database.execute("ALTER TABLE social.posts RENAME TO gone").await;
    let calls = scene.other_calls().await.into_iter().chain(scene.calls_that_need_account().await);
    for (call, answer) in calls {
        let told = format!("{:?}", answer.as_ref().unwrap_err());
        assert!(!told.contains("relation") && !told.contains("social.posts"), "{told}");
        assert_eq!(refusal(answer), (Code::Internal, ErrorReason::Internal), "{call}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_social_is_unavailable_and_then_it_serves_again() {
    let mut server = Server::start().await;
    let database = server.database().await;
    let scene = Scene::new(Suite::with(Options { database: Some(database), ..Options::default() }).await).await;
    server.stop().await;
    for (call, answer) in scene.other_calls().await {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{call}");
    }
    server.resume().await;
    eventually("it serves again", async || posts_of(&scene.suite, None, &scene.ann.id).await.ok()).await;
    like(&scene.suite, &scene.ben, &scene.post.id).await.unwrap();
    delete(&scene.suite, &scene.ann, &scene.post.id).await.unwrap();
}
