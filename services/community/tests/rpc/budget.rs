//! How many calls a token may make.

use connectus_platform::status;
use connectus_proto::{
    common::v1::ErrorReason,
    community::v1::{GetTagRequest, GetTokenStatusRequest},
};
use connectus_testkit::{Options, as_caller};
use tonic::{Code, metadata::MetadataMap};

use crate::support::{World, token};

fn limits(metadata: &MetadataMap) -> (i64, i64) {
    let number = |name: &str| metadata.get(name).unwrap().to_str().unwrap().parse().unwrap();
    (number("x-ratelimit-limit"), number("x-ratelimit-remaining"))
}

#[tokio::test]
async fn every_answer_tells_what_is_left_and_then_there_is_nothing() {
    let options = Options { community: vec!["--community-rate-limit=3"], ..Options::default() };
    let world = World::with(options).await;
    let mut api = world.suite.community();
    let good = api.get_token_status(world.asks(GetTokenStatusRequest {})).await.unwrap();
    assert_eq!(limits(good.metadata()), (3, 2));
    let bad = api.get_tag(world.asks(GetTagRequest { tag_id: "x".to_owned() })).await.unwrap_err();
    assert_eq!((bad.code(), limits(bad.metadata())), (Code::NotFound, (3, 1)));
    api.get_token_status(world.asks(GetTokenStatusRequest {})).await.unwrap();
    for _ in 0..3 {
        let over = api.get_token_status(world.asks(GetTokenStatusRequest {})).await.unwrap_err();
        assert_eq!(status::reason(&over), Some(ErrorReason::RateLimited));
        assert_eq!((over.code(), limits(over.metadata())), (Code::ResourceExhausted, (3, 0)));
        let wait = status::retry_after(&over).unwrap();
        assert!((1..=60).contains(&wait.as_secs()), "{wait:?}");
    }
    // Another token has a budget of its own.
    let other = token(&world.suite, &world.owner, &world.community).await.token;
    api.get_token_status(as_caller(&other, GetTokenStatusRequest {})).await.unwrap();
    // In the next interval the budget is whole again.
    world.suite.database.execute("UPDATE community.budgets SET expires_at = now()").await;
    let good = api.get_token_status(world.asks(GetTokenStatusRequest {})).await.unwrap();
    assert_eq!(limits(good.metadata()), (3, 2));
}

#[tokio::test]
async fn calls_at_once_are_counted_each() {
    let options = Options { community: vec!["--community-rate-limit=20"], ..Options::default() };
    let world = World::with(options).await;
    let calls = (0..40).map(|_| async {
        world.suite.community().get_token_status(world.asks(GetTokenStatusRequest {})).await.is_ok()
    });
    let good = futures::future::join_all(calls).await.into_iter().filter(|good| *good).count();
    assert_eq!(good, 20);
}
