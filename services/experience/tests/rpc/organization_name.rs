//! The name of the organization that decided, as it was then.

use connectus_proto::{
    account::v1::{Account, Organization, UpdateAccountRequest, account},
    common::v1::ErrorReason,
    experience::v1::Decision,
};
use connectus_testkit::{Person, Suite, refusal};
use prost_types::FieldMask;
use tonic::Code;

use crate::support::{
    create, create_and_ask, decide, decide_link, inbox, list, on_site, only, replace, stored, until_delivered,
};

async fn rename(suite: &Suite, organization: &Person, name: &str) {
    let owner = Organization { preferred_name: name.to_owned(), ..Organization::default() };
    let account = Account { owner: Some(account::Owner::Organization(owner)), ..Account::default() };
    let update_mask = Some(FieldMask { paths: vec!["organization.preferred_name".to_owned()] });
    let request = UpdateAccountRequest { account: Some(account), update_mask };
    suite.account().update_account(organization.asks(request)).await.unwrap();
}

/// The names with the experiences of a person, newest first.
async fn names(suite: &Suite, person: &Person) -> Vec<String> {
    let listed = list(suite, None, &person.id).await.unwrap();
    listed.into_iter().map(|experience| experience.validation.unwrap().organization_name).collect()
}

#[tokio::test]
async fn a_later_name_changes_nothing_that_was_decided() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for (name, decision) in [("Help", Decision::Approve), ("Aid", Decision::Decline)] {
        rename(&suite, &help, name).await;
        let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
        assert_eq!(asked.validation.unwrap().organization_name, "", "nothing is decided yet");
        decide(&suite, &help, (&ann.id, &asked.id), decision).await.unwrap();
    }
    rename(&suite, &help, "Evil").await;
    assert_eq!(names(&suite, &ann).await, ["Aid", "Help"]);
}

#[tokio::test]
async fn what_is_asked_anew_has_no_name_until_it_is_decided_anew() {
    let suite = Suite::start().await;
    let (ann, help, care) =
        (suite.user("Ann").await, suite.organization("Help").await, suite.organization("Care").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    let replaced = replace(&suite, &ann, &asked.id, "President", &care.id).await.unwrap();
    assert_eq!(replaced.validation.unwrap().organization_name, "");
    assert_eq!(names(&suite, &ann).await, [""]);
    decide(&suite, &care, (&ann.id, &asked.id), Decision::Approve).await.unwrap();
    assert_eq!(names(&suite, &ann).await, ["Care"]);
}

#[tokio::test]
async fn an_address_has_no_name() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
    assert_eq!(only(&suite, &ann).await.validation.unwrap().organization_name, "");
}

#[tokio::test]
async fn an_organization_without_a_name_decides_nothing() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    // As in the moment between the registration and the message that makes the account.
    suite.database.execute(&format!("DELETE FROM account.accounts WHERE id = '{}'", help.id)).await;
    let answer = decide(&suite, &help, (&ann.id, &asked.id), Decision::Approve).await;
    assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable));
    assert_eq!(stored(&suite).await, before);
    assert_eq!(inbox(&suite, &help).await.len(), 1);
}
