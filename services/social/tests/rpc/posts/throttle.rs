//! How much an account may post.

use std::time::Duration;

use connectus_platform::status;
use connectus_proto::{common::v1::ErrorReason, social::v1::Post};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::{StreamExt, stream};
use tonic::{Code, Status};

use crate::support::{count, like, post, say, words};

/// How long one who was refused is told to wait, in seconds.
fn told_to_wait(answer: Result<Post, Status>) -> u64 {
    let status = answer.unwrap_err();
    let too_many = (Code::ResourceExhausted, ErrorReason::TooManyAttempts);
    assert_eq!(refusal(Err::<(), _>(status.clone())), too_many);
    status::retry_after(&status).expect("when to come back").as_secs()
}

/// Lets time pass, as far as the service can tell.
async fn pass(suite: &Suite, time: Duration) {
    let seconds = time.as_secs();
    let pass = format!("UPDATE social.throttles SET expires_at = expires_at - interval '{seconds} seconds'");
    suite.database.execute(&pass).await;
}

#[tokio::test]
async fn an_account_posts_a_hundred_times_and_then_once_each_half_minute() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    // What is refused for another reason is not counted.
    assert_eq!(invalid_field(post(&suite, &ann, words("")).await), "content.text");
    let at_once = stream::iter((0..110).map(|_| post(&suite, &ann, words("x")))).buffer_unordered(20);
    let (said, refused): (Vec<_>, Vec<_>) = at_once.collect::<Vec<_>>().await.into_iter().partition(Result::is_ok);
    // While they are sent there may be a place again.
    assert!((100..=101).contains(&said.len()), "{}", said.len());
    for answer in refused {
        assert!((1..=30).contains(&told_to_wait(answer)));
    }
    assert_eq!(count(&suite, "posts").await, i64::try_from(said.len()).unwrap());
    // It is nobody else's limit, and about nothing else.
    say(&suite, &ben, "x").await;
    like(&suite, &ann, &said[0].as_ref().unwrap().id).await.unwrap();
    pass(&suite, Duration::from_secs(30)).await;
    say(&suite, &ann, "x").await;
    told_to_wait(post(&suite, &ann, words("x")).await);
}
