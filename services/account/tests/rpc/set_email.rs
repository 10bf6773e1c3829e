//! SetEmail.

use connectus_proto::{account::v1::SetEmailRequest, common::v1::ErrorReason};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::{Code, Status};

use crate::support::{account, unknown_id};

async fn set(suite: &Suite, id: &str, email: &str, version: i32) -> Result<(), Status> {
    let request = SetEmailRequest { account_id: id.to_owned(), email: email.to_owned(), version };
    suite.account_internal().set_email(suite.as_service(request)).await.map(drop)
}

#[tokio::test]
async fn the_latest_change_counts_in_whatever_order_they_come() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    for (email, version, expected) in [
        ("one@example.org", 1, "one@example.org"),
        ("three@example.org", 3, "three@example.org"),
        ("two@example.org", 2, "three@example.org"),
        ("again@example.org", 3, "three@example.org"),
        ("four@example.org", 4, "four@example.org"),
        ("never@example.org", 0, "four@example.org"),
    ] {
        set(&suite, &help.id, email, version).await.unwrap();
        assert_eq!(account(&suite, None, &help.id).await.unwrap().email, expected);
    }
    assert_eq!(account(&suite, None, &care.id).await.unwrap().email, care.email);
}

#[tokio::test]
async fn of_changes_at_once_the_latest_counts() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let changes = (1..=20).map(|version| {
        let (suite, id) = (&suite, &help.id);
        async move { set(suite, id, &format!("{version}@example.org"), version).await }
    });
    for answer in join_all(changes).await {
        answer.unwrap();
    }
    assert_eq!(account(&suite, None, &help.id).await.unwrap().email, "20@example.org");
}

#[tokio::test]
async fn a_change_that_comes_before_its_account_is_not_taken_for_done() {
    let suite = Suite::start().await;
    let answer = set(&suite, &unknown_id(), "ann@example.org", 1).await;
    assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable));
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(set(&suite, id, "ann@example.org", 1).await), "account_id", "{id:?}");
    }
    for email in ["", "ann", "a\0@example.org"] {
        assert_eq!(invalid_field(set(&suite, &help.id, email, 1).await), "email", "{email:?}");
    }
    assert_eq!(account(&suite, None, &help.id).await.unwrap().email, help.email);
}
