//! Ids of the former system, wherever an id is.

use connectus_proto::{
    account::v1::{
        Account, ImportAccountRequest, Organization, User, account::Owner,
        account_admin_service_client::AccountAdminServiceClient,
    },
    common::v1::Date,
    experience::v1::{DecideValidationRequest, Decision, ValidationState, Validator, validator},
};
use connectus_testkit::Suite;
use prost_types::Timestamp;

use crate::support::{create, delete, erase, former, former_id, import, inbox, list, only, replace, stand, unknown_id};

/// Takes over an account with this former id.
async fn take_over(suite: &Suite, id: &str, owner: Owner) {
    let account = Account {
        id: id.to_owned(),
        email: "old@example.org".to_owned(),
        create_time: Some(Timestamp { seconds: 1_500_000_000, nanos: 0 }),
        owner: Some(owner),
        ..Account::default()
    };
    let request = suite.as_service(ImportAccountRequest { account: Some(account), ..ImportAccountRequest::default() });
    AccountAdminServiceClient::new(suite.channel()).import_account(request).await.unwrap();
}

fn zoe() -> Owner {
    let birthday = Some(Date { year: 1990, month: 4, day: 30 });
    Owner::User(User { first_name: "Zoë".to_owned(), birthday, ..User::default() })
}

#[tokio::test]
async fn a_person_is_listed_decided_about_and_erased_by_a_former_id() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let (zoe_id, soup) = (former_id(), former("Soup kitchen", None));
    take_over(&suite, &zoe_id, zoe()).await;
    import(&suite, &zoe_id, std::slice::from_ref(&soup)).await.unwrap();
    let request = former_id();
    let pending = format!(
        "UPDATE experience.experiences SET organization_id = '{}', validation_state = 'pending_on_site', request_id = '{}'",
        help.id,
        connectus_platform::ids::former(&request).unwrap()
    );
    suite.database.execute(&pending).await;
    assert_eq!(stand(&list(&suite, None, &zoe_id).await.unwrap()[0]).1, ValidationState::PendingOnSite);
    let decide = async |request_id: String| {
        let request = DecideValidationRequest {
            user_id: zoe_id.to_uppercase(),
            experience_id: soup.experience_id.clone(),
            decision: Decision::Approve.into(),
            request_id,
        };
        suite.experience().decide_validation(help.asks(request)).await
    };
    decide(unknown_id()).await.unwrap_err();
    decide(request).await.unwrap();
    assert_eq!(stand(&list(&suite, None, &zoe_id).await.unwrap()[0]).1, ValidationState::Verified);
    assert!(inbox(&suite, &help).await.is_empty());
    erase(&suite, &zoe_id).await.unwrap();
    assert_eq!(list(&suite, None, &zoe_id).await.unwrap(), []);
}

#[tokio::test]
async fn an_organization_is_asked_by_a_former_id() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, former_id());
    let owner = Organization { preferred_name: "Help".to_owned(), ..Organization::default() };
    take_over(&suite, &help, Owner::Organization(owner)).await;
    let asked = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let replaced = replace(&suite, &ann, &asked.id, "Soup kitchen", &help).await.unwrap();
    assert_eq!(stand(&replaced).1, ValidationState::PendingOnSite);
    let validator = replaced.validation.unwrap().validator;
    let by_former_id = Validator { validator: Some(validator::Validator::OrganizationId(help.clone())) };
    let created = create(&suite, &ann, "Choir", Some(by_former_id)).await.unwrap();
    assert_eq!(created.validation.unwrap().validator, validator);
    erase(&suite, &help).await.unwrap();
    let states = list(&suite, None, &ann.id).await.unwrap();
    assert!(states.iter().all(|experience| stand(experience).1 == ValidationState::NotRequested));
}

#[tokio::test]
async fn an_experience_is_replaced_and_deleted_by_a_former_id() {
    let suite = Suite::start().await;
    let (ann, soup) = (suite.user("Ann").await, former("Soup kitchen", None));
    import(&suite, &former_id(), std::slice::from_ref(&soup)).await.unwrap();
    suite.database.execute(&format!("UPDATE experience.experiences SET user_id = '{}'", ann.id)).await;
    let before = only(&suite, &ann).await;
    let replaced = replace(&suite, &ann, &soup.experience_id, "President", "").await.unwrap();
    assert_eq!((&replaced.id, stand(&replaced).0), (&before.id, "President"));
    delete(&suite, &ann, &soup.experience_id).await.unwrap();
    assert_eq!(list(&suite, None, &ann.id).await.unwrap(), []);
}
