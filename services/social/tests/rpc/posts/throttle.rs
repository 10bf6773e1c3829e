//! How much an account may post, and make of posts.

use std::time::Duration;

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::{StreamExt, stream};
use tonic::{Code, Status};

use crate::support::{count, like, post, say, share, unlike, unshare, words};

/// How long one who was refused is told to wait, in seconds.
fn told_to_wait<T: std::fmt::Debug>(answer: Result<T, Status>) -> u64 {
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

#[tokio::test]
async fn an_account_marks_posts_five_hundred_times_and_then_once_each_two_seconds() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = say(&suite, &ben, "first").await;
    let id = &*first.id;
    suite.database.execute("DELETE FROM social.throttles").await;
    like(&suite, &ann, id).await.unwrap();
    // As if it had marked posts 525 times at once.
    suite.database.execute("UPDATE social.throttles SET expires_at = now() + 525 * interval '2 seconds'").await;
    for answer in [
        like(&suite, &ann, id).await,
        unlike(&suite, &ann, id).await,
        share(&suite, &ann, id).await,
        unshare(&suite, &ann, id).await,
    ] {
        let wait = told_to_wait(answer);
        assert!((30..=52).contains(&wait), "{wait}");
    }
    // It is nobody else's limit, and about nothing else.
    say(&suite, &ann, "x").await;
    like(&suite, &ben, id).await.unwrap();
    pass(&suite, Duration::from_secs(52)).await;
    unlike(&suite, &ann, id).await.unwrap();
}
