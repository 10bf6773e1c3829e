//! SetPostCounts and SetOpportunities: what other services count.

use connectus_proto::{
    account::v1::{SetOpportunitiesRequest, SetPostCountsRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{account, former_user, import, organization_of, unknown_id};

/// Tells that an account has so many posts, twice as many likes, and thrice as many shares.
async fn count(suite: &Suite, id: &str, posts: i64, version: i64) -> Result<(), Status> {
    let request = SetPostCountsRequest {
        account_id: id.to_owned(),
        posts_count: posts,
        liked_count: 2 * posts,
        shared_count: 3 * posts,
        version,
    };
    suite.account_internal().set_post_counts(suite.as_service(request)).await.map(drop)
}

async fn counts(suite: &Suite, id: &str) -> (i64, i64, i64) {
    let account = account(suite, None, id).await.unwrap();
    (account.posts_count, account.liked_count, account.shared_count)
}

async fn list(suite: &Suite, id: &str, opportunities: &[String], version: i64) -> Result<(), Status> {
    let (account_id, opportunity_ids) = (id.to_owned(), opportunities.to_vec());
    let request = SetOpportunitiesRequest { account_id, opportunity_ids, version };
    suite.account_internal().set_opportunities(suite.as_service(request)).await.map(drop)
}

async fn listed(suite: &Suite, id: &str) -> Vec<String> {
    organization_of(&account(suite, None, id).await.unwrap()).opportunity_ids.clone()
}

fn ids(many: usize) -> Vec<String> {
    (0..many).map(|_| Uuid::now_v7().to_string()).collect()
}

#[tokio::test]
async fn the_latest_numbers_count_in_whatever_order_they_come() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(counts(&suite, &ann.id).await, (0, 0, 0));
    for (posts, version, expected) in [(5, 2, 5), (4, 1, 5), (7, 2, 5), (3, 3, 3)] {
        count(&suite, &ann.id, posts, version).await.unwrap();
        assert_eq!(counts(&suite, &ann.id).await, (expected, 2 * expected, 3 * expected));
    }
    let at_once = (4..=40).map(|version| count(&suite, &ann.id, version, version));
    for answer in join_all(at_once).await {
        answer.unwrap();
    }
    assert_eq!(counts(&suite, &ann.id).await, (40, 80, 120));
}

#[tokio::test]
async fn what_an_account_had_in_the_former_system_comes_on_top() {
    let suite = Suite::start().await;
    let mut former = former_user("Ann");
    let account = former.account.as_mut().unwrap();
    (account.posts_count, account.liked_count, account.shared_count) = (100, 10, 1);
    let id = account.id.clone();
    import(&suite, former).await.unwrap();
    assert_eq!(counts(&suite, &id).await, (100, 10, 1));
    for version in [1, 2] {
        count(&suite, &id, 2, version).await.unwrap();
        assert_eq!(counts(&suite, &id).await, (102, 14, 7));
    }
}

#[tokio::test]
async fn an_organization_shows_its_latest_opportunities() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let (one, two) = (ids(1), ids(200));
    for (told, version, expected) in [(&one, 2, &one), (&two, 1, &one), (&two, 3, &two), (&Vec::new(), 4, &Vec::new())]
    {
        list(&suite, &help.id, told, version).await.unwrap();
        assert_eq!(&listed(&suite, &help.id).await, expected);
    }
    assert_eq!(invalid_field(list(&suite, &help.id, &ids(201), 5).await), "opportunity_ids");
    assert_eq!(invalid_field(list(&suite, &help.id, &["x".to_owned()], 5).await), "opportunity_ids");
}

#[tokio::test]
async fn a_persons_account_has_no_opportunities() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    list(&suite, &ann.id, &ids(1), 1).await.unwrap();
    let kept = suite.database.value::<i64>("SELECT count(*) FROM account.accounts WHERE opportunity_ids <> '{}'").await;
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn what_comes_before_its_account_is_not_taken_for_done() {
    let suite = Suite::start().await;
    let nobody = unknown_id();
    for answer in [count(&suite, &nobody, 1, 1).await, list(&suite, &nobody, &ids(1), 1).await] {
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable));
    }
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(count(&suite, id, 1, 1).await), "account_id", "{id:?}");
        assert_eq!(invalid_field(list(&suite, id, &[], 1).await), "account_id", "{id:?}");
    }
}
