//! BatchGetAccounts.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{Suite, invalid_field, refusal};
use tonic::Code;

use crate::support::{accounts, borrowed, crowd, unknown_id};

async fn found(suite: &Suite, ids: &[&str]) -> Vec<String> {
    accounts(suite, None, ids).await.unwrap().into_iter().map(|account| account.id).collect()
}

#[tokio::test]
async fn accounts_come_in_the_order_they_were_asked_for_without_those_that_are_unknown() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let unknown = unknown_id();
    assert_eq!(found(&suite, &[&help.id, &unknown, &ann.id, &ben.id]).await, [&*help.id, &ann.id, &ben.id]);
    assert_eq!(found(&suite, &[&ben.id, &ann.id, &help.id]).await, [&*ben.id, &ann.id, &help.id]);
    assert!(found(&suite, &[&unknown]).await.is_empty());
}

#[tokio::test]
async fn an_account_that_is_asked_for_twice_comes_once() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    assert_eq!(found(&suite, &[&ben.id, &ann.id, &ben.id.to_uppercase()]).await, [&*ben.id, &ann.id]);
}

#[tokio::test]
async fn one_to_a_hundred_accounts_come_at_once() {
    let suite = Suite::start().await;
    let crowd = crowd(&suite, "user", 101).await;
    let ids = borrowed(&crowd);
    assert_eq!(found(&suite, &ids[..1]).await, ids[..1]);
    assert_eq!(found(&suite, &ids[..100]).await, ids[..100]);
    for refused in [&ids[..], &[]] {
        assert_eq!(invalid_field(accounts(&suite, None, refused).await), "account_ids");
    }
}

#[tokio::test]
async fn what_is_no_id_is_refused() {
    let suite = Suite::start().await;
    let known = crowd(&suite, "user", 1).await;
    for id in ["", "x", "\0", "ME"] {
        let answer = accounts(&suite, None, &[&known[0], id]).await;
        assert_eq!(invalid_field(answer), "account_ids", "{id:?}");
    }
}

#[tokio::test]
async fn me_is_the_caller() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let seen = accounts(&suite, Some(&ann), &[&ben.id, "me"]).await.unwrap();
    assert_eq!(seen.iter().map(|account| &account.id).collect::<Vec<_>>(), [&ben.id, &ann.id]);
    let nobody = accounts(&suite, None, &[&ben.id, "me"]).await;
    assert_eq!(refusal(nobody), (Code::Unauthenticated, ErrorReason::TokenMissing));
}
