//! EraseAccount.

use connectus_proto::{
    account::v1::{AddNoteRequest, OrganizationProfile},
    common::v1::ErrorReason,
};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::Code;

use crate::{
    network::{ask, link},
    support::{
        account, admin, block, crowd, erase, organization_profile, profile, stored, traces, unknown_id,
        update_organization,
    },
};

async fn note(suite: &Suite, person: &Person) {
    let account_id = person.id.clone();
    let request = AddNoteRequest { account_id, text: "Called.".to_owned(), operator: "Olga".to_owned() };
    admin(suite).add_note(suite.as_service(request)).await.unwrap();
}

/// Writes a notice that nobody is told of yet.
async fn notice(suite: &Suite, to: &str, by: &str) {
    let notice = serde_json::json!({"kind": "notify", "notices": [{"account_id": to, "actor_id": by}]});
    let columns = "id, payload, due_at";
    let values = format!("gen_random_uuid(), '{notice}', now() + interval '1 day'");
    suite.database.execute(&format!("INSERT INTO account.outbox ({columns}) VALUES ({values})")).await;
}

async fn affiliate(suite: &Suite, organization: &Person, others: &[&Person]) {
    let affiliated_organization_ids = others.iter().map(|other| other.id.clone()).collect();
    let new = OrganizationProfile { affiliated_organization_ids, ..OrganizationProfile::default() };
    update_organization(suite, organization, new, &["affiliated_organization_ids"]).await.unwrap();
}

#[tokio::test]
async fn nothing_is_left_of_a_person() {
    let suite = Suite::start().await;
    let (ann, ben, cem) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cem").await);
    let others = crowd(&suite, "organization", 2).await;
    block(&suite, &ann, &[&ben.id]).await.unwrap();
    block(&suite, &cem, &[&ann.id]).await.unwrap();
    link(&suite, &ann.id, &others[..1]).await;
    ask(&suite, &ann.id, &others[1..]).await;
    note(&suite, &ann).await;
    for (to, by) in [(&ann.id, &others[1]), (&others[0], &ann.id), (&others[0], &others[1])] {
        notice(&suite, to, by).await;
    }
    // The account, the profile, the note, a connection, a request, two notices, and a block each way.
    assert_eq!(traces(&suite, &ann.id).await, 9);
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(traces(&suite, &ann.id).await, 0);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM account.outbox").await, 1);
    let not_found = (Code::NotFound, ErrorReason::AccountNotFound);
    assert_eq!(refusal(account(&suite, None, &ann.id).await), not_found);
    assert_eq!(refusal(profile(&suite, None, &ann.id).await), not_found);
}

#[tokio::test]
async fn nothing_is_left_of_an_organization() {
    let suite = Suite::start().await;
    let (help, care, feed) =
        (suite.organization("Help").await, suite.organization("Care").await, suite.organization("Feed").await);
    affiliate(&suite, &care, &[&help, &feed]).await;
    affiliate(&suite, &feed, &[&care, &help]).await;
    affiliate(&suite, &help, &[&care]).await;
    erase(&suite, &help.id).await.unwrap();
    assert_eq!(traces(&suite, &help.id).await, 0);
    assert_eq!(organization_profile(&suite, &care.id).await.affiliated_organization_ids, [&*feed.id]);
    assert_eq!(organization_profile(&suite, &feed.id).await.affiliated_organization_ids, [&*care.id]);
}

#[tokio::test]
async fn others_stay_as_they_were() {
    let suite = Suite::start().await;
    let (ben, cem) = (suite.user("Ben").await, suite.user("Cem").await);
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    block(&suite, &ben, &[&cem.id, &help.id]).await.unwrap();
    affiliate(&suite, &help, &[&care]).await;
    note(&suite, &ben).await;
    let before = stored(&suite).await;
    let ann = suite.user("Ann").await;
    assert_ne!(stored(&suite).await, before);
    erase(&suite, &ann.id).await.unwrap();
    assert_eq!(stored(&suite).await, before);
    // A repeat, and an account that there never was, change nothing.
    erase(&suite, &ann.id).await.unwrap();
    erase(&suite, &unknown_id()).await.unwrap();
    assert_eq!(stored(&suite).await, before);
    for id in ["", "me", "x"] {
        assert_eq!(invalid_field(erase(&suite, id).await), "account_id", "{id:?}");
    }
}

#[tokio::test]
async fn a_repeat_removes_what_came_in_between() {
    let suite = Suite::start().await;
    let (help, care) = (suite.organization("Help").await, suite.organization("Care").await);
    erase(&suite, &help.id).await.unwrap();
    let dangling = format!(
        "UPDATE account.profiles SET affiliated_organization_ids = '{{{}}}' WHERE account_id = '{}'",
        help.id, care.id
    );
    suite.database.execute(&dangling).await;
    erase(&suite, &help.id).await.unwrap();
    assert_eq!(traces(&suite, &help.id).await, 0);
}
