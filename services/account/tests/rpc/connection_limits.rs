//! How many connections there may be, and how often strangers may be asked.

use std::time::Duration;

use connectus_platform::status;
use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Suite, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::{
    network::{accept, ask, decline, forget_attempts, link, pending, remove, request},
    support::{borrowed, crowd, stored},
};

const LIMIT_REACHED: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::LimitReached);
const TOO_MANY: (Code, ErrorReason) = (Code::ResourceExhausted, ErrorReason::TooManyAttempts);

#[tokio::test]
async fn an_account_has_up_to_two_thousand_connections_whoever_makes_them() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (old, new) = (crowd(&suite, "user", 1998).await, crowd(&suite, "user", 5).await);
    link(&suite, &ann.id, &old).await;
    ask(&suite, &ann.id, &new).await;
    let answers = join_all(new.iter().map(|id| accept(&suite, &ann, id))).await;
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((accepted.len(), refused.len()), (2, 3));
    for answer in refused {
        assert_eq!(refusal(answer), LIMIT_REACHED);
    }
    // She can neither ask nor be asked, and what she was asked before is still there.
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "").await), LIMIT_REACHED);
    assert_eq!(refusal(request(&suite, &ben, &ann.id, "").await), LIMIT_REACHED);
    assert_eq!(pending(&suite, &ann).await.0.len(), 3);
    ask(&suite, &ben.id, std::slice::from_ref(&ann.id)).await;
    assert_eq!(refusal(accept(&suite, &ben, &ann.id).await), LIMIT_REACHED);
    assert_eq!(refusal(request(&suite, &ben, &ann.id, "").await), LIMIT_REACHED);
    remove(&suite, &ann, &old[0]).await.unwrap();
    accept(&suite, &ben, &ann.id).await.unwrap();
}

#[tokio::test]
async fn a_hundred_are_asked_at_once_and_no_more() {
    let suite = Suite::start().await;
    let (ann, crowd) = (suite.user("Ann").await, crowd(&suite, "user", 103).await);
    for part in borrowed(&crowd[..99]).chunks(5) {
        for answer in join_all(part.iter().map(|id| request(&suite, &ann, id, ""))).await {
            answer.unwrap();
        }
    }
    let answers = join_all(crowd[99..].iter().map(|id| request(&suite, &ann, id, ""))).await;
    let (asked, mut refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((asked.len(), refused.len()), (1, 3));
    let wait = status::retry_after(&refused.remove(0).unwrap_err()).unwrap();
    assert!(wait > Duration::from_mins(5) && wait <= Duration::from_mins(15), "{wait:?}");
    for answer in refused {
        assert_eq!(refusal(answer), TOO_MANY);
    }
    assert_eq!(pending(&suite, &ann).await.1.len(), 100);
}

#[tokio::test]
async fn one_is_asked_thrice_a_day_by_another_and_no_more() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    for round in 0..3 {
        request(&suite, &ann, &ben.id, "").await.unwrap();
        if round % 2 == 0 {
            remove(&suite, &ann, &ben.id).await.unwrap();
        } else {
            decline(&suite, &ben, &ann.id).await.unwrap();
        }
    }
    let before = stored(&suite).await;
    let refused = request(&suite, &ann, &ben.id, "").await;
    let wait = status::retry_after(refused.as_ref().unwrap_err()).unwrap();
    assert!(wait > Duration::from_hours(20) && wait <= Duration::from_hours(24), "{wait:?}");
    assert_eq!(refusal(refused), TOO_MANY);
    assert_eq!(stored(&suite).await, before);
    // Others may be asked, and the other way about.
    request(&suite, &ann, &cem.id, "").await.unwrap();
    request(&suite, &ben, &ann.id, "").await.unwrap();
    assert!(request(&suite, &ann, &ben.id, "").await.unwrap(), "to accept bothers nobody");
}

#[tokio::test]
async fn what_is_refused_is_not_counted() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    request(&suite, &ann, &ben.id, "").await.unwrap();
    for _ in 0..5 {
        request(&suite, &ann, &ben.id, "").await.unwrap_err();
        request(&suite, &ann, &ann.id, "").await.unwrap_err();
    }
    for _ in 0..2 {
        remove(&suite, &ann, &ben.id).await.unwrap();
        request(&suite, &ann, &ben.id, "").await.unwrap();
    }
    // A refusal for one who is asked too often counts nothing against all.
    remove(&suite, &ann, &ben.id).await.unwrap();
    let counted = "SELECT max(expires_at)::text FROM account.throttles";
    let before: String = suite.database.value(counted).await;
    let all: i64 = suite.database.value("SELECT count(*) FROM account.throttles").await;
    assert_eq!(refusal(request(&suite, &ann, &ben.id, "").await), TOO_MANY);
    assert_eq!(suite.database.value::<String>(counted).await, before);
    assert_eq!((all, suite.database.value::<i64>("SELECT count(*) FROM account.throttles").await), (2, 2));
    forget_attempts(&suite).await;
    request(&suite, &ann, &ben.id, "").await.unwrap();
}
