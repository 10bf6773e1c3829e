//! CreateAccount.

use connectus_platform::identity::ServiceIdentity;
use connectus_proto::{
    account::v1::{
        CreateAccountRequest, CreateAccountResponse, OrganizationProfile, UserProfile, account,
        create_account_request::Owner,
    },
    auth::v1::{OrganizationRegistration, UserRegistration},
    common::v1::{Date, ErrorReason},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use futures::future::join_all;
use prost_types::Timestamp;
use tonic::{Code, Request, Response, Status};

use crate::support::{account, organization_profile, unknown_id, user_profile};

const BIRTHDAY: Date = Date { year: 2000, month: 2, day: 29 };

fn user(first_name: &str, birthday: Option<Date>) -> CreateAccountRequest {
    CreateAccountRequest {
        account_id: unknown_id(),
        email: "ann@example.org".to_owned(),
        create_time: Some(Timestamp { seconds: 1_700_000_000, nanos: 0 }),
        owner: Some(Owner::User(UserRegistration { first_name: first_name.to_owned(), birthday })),
    }
}

fn organization(preferred_name: &str, is_nonprofit: bool) -> CreateAccountRequest {
    let owner = OrganizationRegistration { preferred_name: preferred_name.to_owned(), is_nonprofit };
    CreateAccountRequest { owner: Some(Owner::Organization(owner)), ..user("", None) }
}

async fn create(suite: &Suite, request: &CreateAccountRequest) -> Result<Response<CreateAccountResponse>, Status> {
    suite.account_internal().create_account(suite.as_service(request.clone())).await
}

/// How many accounts there are.
async fn count(suite: &Suite) -> i64 {
    suite.database.value("SELECT count(*) FROM account.accounts").await
}

#[tokio::test]
async fn a_service_makes_accounts_of_both_types() {
    let suite = Suite::start().await;
    let ann = user("Ann", Some(BIRTHDAY));
    create(&suite, &ann).await.unwrap();
    let seen = account(&suite, None, &ann.account_id).await.unwrap();
    assert_eq!(seen.create_time, ann.create_time);
    let Some(account::Owner::User(person)) = seen.owner else { panic!("it is a person's") };
    assert_eq!((person.first_name.as_str(), person.birthday), ("Ann", Some(BIRTHDAY)));
    assert_eq!(user_profile(&suite, &ann.account_id).await, UserProfile::default());
    let help = organization("Help", false);
    create(&suite, &help).await.unwrap();
    let seen = account(&suite, None, &help.account_id).await.unwrap();
    assert_eq!((seen.email, seen.create_time), (help.email, help.create_time));
    let profile = organization_profile(&suite, &help.account_id).await;
    assert_eq!(profile, OrganizationProfile { address: Some(profile.address.clone().unwrap()), ..Default::default() });
}

#[tokio::test]
async fn an_organization_is_a_nonprofit_if_it_said_so() {
    let suite = Suite::start().await;
    for is_nonprofit in [true, false] {
        let help = organization("Help", is_nonprofit);
        create(&suite, &help).await.unwrap();
        let query = format!("SELECT is_nonprofit FROM account.accounts WHERE id = '{}'", help.account_id);
        assert_eq!(suite.database.value::<bool>(&query).await, is_nonprofit);
    }
}

#[tokio::test]
async fn a_repeat_changes_nothing() {
    let suite = Suite::start().await;
    let first = user("Ann", Some(BIRTHDAY));
    create(&suite, &first).await.unwrap();
    suite.database.execute("UPDATE account.profiles SET quote = 'mine'").await;
    let made = account(&suite, None, &first.account_id).await.unwrap();
    let renamed = CreateAccountRequest { account_id: first.account_id.clone(), ..user("Eve", Some(BIRTHDAY)) };
    let retyped = CreateAccountRequest { account_id: first.account_id.clone(), ..organization("Evil", true) };
    for repeat in [&first, &renamed, &retyped] {
        create(&suite, repeat).await.unwrap();
        assert_eq!(account(&suite, None, &first.account_id).await.unwrap(), made);
        assert_eq!(user_profile(&suite, &first.account_id).await.quote, "mine");
    }
}

#[tokio::test]
async fn repeats_at_once_make_one_account() {
    let suite = Suite::start().await;
    let ann = user("Ann", Some(BIRTHDAY));
    for answer in join_all((0..10).map(|_| create(&suite, &ann))).await {
        answer.unwrap();
    }
    assert_eq!(count(&suite).await, 1);
    user_profile(&suite, &ann.account_id).await;
}

#[tokio::test]
async fn only_a_service_of_the_suite_may() {
    let suite = Suite::start().await;
    let person = suite.user("Ann").await;
    let request = user("Eve", Some(BIRTHDAY));
    let mut garbled = Request::new(request.clone());
    garbled.metadata_mut().insert("x-connectus-service", "x".parse().unwrap());
    let foreign = ServiceIdentity::random().sign(Request::new(request.clone()));
    for asked in [Request::new(request.clone()), person.asks(request.clone()), garbled, foreign] {
        let answer = suite.account_internal().create_account(asked).await;
        assert_eq!(refusal(answer), (Code::PermissionDenied, ErrorReason::ServiceIdentityRequired));
    }
    assert_eq!(count(&suite).await, 1);
}

#[tokio::test]
async fn names_have_their_limits() {
    let suite = Suite::start().await;
    for length in [1, 100] {
        create(&suite, &user(&"ß".repeat(length), Some(BIRTHDAY))).await.unwrap();
    }
    for length in [1, 200] {
        create(&suite, &organization(&"ß".repeat(length), true)).await.unwrap();
    }
    for name in ["", " ", &"ß".repeat(101), "a\0b"] {
        let answer = create(&suite, &user(name, Some(BIRTHDAY))).await;
        assert_eq!(invalid_field(answer), "user.first_name", "{name:?}");
    }
    for name in ["", " ", &"ß".repeat(201), "a\0b"] {
        let answer = create(&suite, &organization(name, true)).await;
        assert_eq!(invalid_field(answer), "organization.preferred_name", "{name:?}");
    }
    assert_eq!(count(&suite).await, 4);
}

#[tokio::test]
async fn a_birthday_is_a_day_of_the_calendar() {
    let suite = Suite::start().await;
    let day = |year, month, day| Date { year, month, day };
    for birthday in [day(1, 1, 1), day(9999, 12, 31)] {
        let request = user("Ann", Some(birthday));
        create(&suite, &request).await.unwrap();
        let seen = account(&suite, None, &request.account_id).await.unwrap();
        assert!(matches!(seen.owner, Some(account::Owner::User(user)) if user.birthday == Some(birthday)));
    }
    let wrong = [
        day(0, 1, 1),
        day(-1, 1, 1),
        day(10_000, 1, 1),
        day(2001, 2, 29),
        day(2000, 0, 1),
        day(2000, 13, 1),
        day(2000, 1, 0),
        day(2000, 1, 32),
        day(2000, -1, 1),
        day(i32::MAX, 1, 1),
    ];
    for birthday in wrong.into_iter().map(Some).chain([None]) {
        assert_eq!(invalid_field(create(&suite, &user("Ann", birthday)).await), "user.birthday", "{birthday:?}");
    }
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let suite = Suite::start().await;
    let good = user("Ann", Some(BIRTHDAY));
    let with_id = |id: &str| CreateAccountRequest { account_id: id.to_owned(), ..good.clone() };
    let with_email = |email: &str| CreateAccountRequest { email: email.to_owned(), ..good.clone() };
    let far = Some(Timestamp { seconds: i64::MAX, nanos: 0 });
    for (request, field) in [
        (with_id(""), "account_id"),
        (with_id("me"), "account_id"),
        (with_email(""), "email"),
        (with_email("ann"), "email"),
        (with_email("a\0@example.org"), "email"),
        (CreateAccountRequest { create_time: None, ..good.clone() }, "create_time"),
        (CreateAccountRequest { create_time: far, ..good.clone() }, "create_time"),
        (CreateAccountRequest { owner: None, ..good.clone() }, "owner"),
    ] {
        assert_eq!(invalid_field(create(&suite, &request).await), field, "{request:?}");
    }
    assert_eq!(count(&suite).await, 0);
}
