//! The fields of Register, and their limits.

use connectus_proto::{
    auth::v1::{OrganizationRegistration, RegisterRequest, UserRegistration, register_request::Owner},
    common::v1::Date,
};
use connectus_testkit::{
    Suite, invalid_field,
    people::{organization_registration, user_registration},
};

use crate::support::{invalid_fields, register};

const BIRTHDAY: Date = Date { year: 2000, month: 2, day: 29 };

fn user(first_name: &str, birthday: Option<Date>) -> RegisterRequest {
    let owner = UserRegistration { first_name: first_name.to_owned(), birthday };
    RegisterRequest { owner: Some(Owner::User(owner)), ..user_registration("Ann") }
}

fn organization(preferred_name: &str) -> RegisterRequest {
    let owner = OrganizationRegistration { preferred_name: preferred_name.to_owned(), is_nonprofit: false };
    RegisterRequest { owner: Some(Owner::Organization(owner)), ..organization_registration("Help") }
}

/// Registers each of these, which are all good, at addresses of their own.
async fn register_all(suite: &Suite, good: impl IntoIterator<Item = RegisterRequest>) {
    for (number, request) in good.into_iter().enumerate() {
        let request = RegisterRequest { email: format!("good{number}@example.org"), ..request };
        register(suite, request.clone()).await.unwrap_or_else(|status| panic!("{request:?}: {status:?}"));
    }
}

/// Tries to register each of these, which are all wrong in one field.
async fn refuse_all(suite: &Suite, wrong: impl IntoIterator<Item = RegisterRequest>, field: &str) {
    for request in wrong {
        assert_eq!(invalid_field(register(suite, request.clone()).await), field, "{request:?}");
    }
}

#[tokio::test]
async fn every_invalid_field_is_named() {
    let suite = Suite::start().await;
    let user = RegisterRequest { email: "ann".to_owned(), password: "short".to_owned(), ..user(" ", None) };
    let fields = invalid_fields(register(&suite, user).await);
    assert_eq!(fields, ["email", "password", "user.first_name", "user.birthday"]);
    let organization = RegisterRequest { email: String::new(), password: String::new(), ..organization("") };
    let fields = invalid_fields(register(&suite, organization).await);
    assert_eq!(fields, ["email", "password", "organization.preferred_name"]);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.accounts").await, 0);
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.outbox").await, 0);
}

#[tokio::test]
async fn an_address_must_be_one_that_can_be_mailed_to() {
    let suite = Suite::start().await;
    let too_long =
        format!("{}@{}.example.org", "a".repeat(64), ["b".repeat(60), "c".repeat(60), "d".repeat(56)].join("."));
    assert_eq!(too_long.len(), 255);
    let wrong = [
        "",
        " ",
        "ann",
        "@example.org",
        "ann@",
        "ann@example",
        "ann@@example.org",
        "ann lee@example.org",
        "Ann <ann@example.org>",
        "ann@example.org, ben@example.org",
        "ann@[127.0.0.1]",
        "ann@example.org\r\nBcc: ben@example.org",
        "a\0nn@example.org",
        &too_long,
    ];
    let wrong = wrong.map(|email| RegisterRequest { email: email.to_owned(), ..user_registration("Ann") });
    refuse_all(&suite, wrong, "email").await;
}

#[tokio::test]
async fn a_password_has_8_to_128_characters_and_is_not_common() {
    let suite = Suite::start().await;
    let with = |password: &str| RegisterRequest { password: password.to_owned(), ..user_registration("Ann") };
    // Characters are counted, not bytes, and those that the longest form of a letter has (NFC) as one.
    let good = ["zq8!vbxk", &"x".repeat(128), &"€".repeat(128), &"e\u{301}".repeat(128), " z q 8 ! "];
    register_all(&suite, good.map(with)).await;
    let wrong = [
        "",
        "zq8!vbx",
        &"x".repeat(129),
        &"€".repeat(129),
        &"e\u{301}".repeat(7),
        "password",
        "12345678",
        "PassWord",
        "iloveyou1",
    ];
    refuse_all(&suite, wrong.map(with), "password").await;
}

#[tokio::test]
async fn names_have_their_limits() {
    let suite = Suite::start().await;
    let names = ["ß", &"ß".repeat(100), " Ann ", "Ann-Marie O'Neill", "安"];
    register_all(&suite, names.map(|name| user(name, Some(BIRTHDAY)))).await;
    let wrong = ["", " ", "\n", &"ß".repeat(101), "a\0b", "a\u{1b}b"];
    refuse_all(&suite, wrong.map(|name| user(name, Some(BIRTHDAY))), "user.first_name").await;
    let wrong = ["", " ", "\n", &"ß".repeat(201), "a\0b", "a\u{1b}b"];
    refuse_all(&suite, wrong.map(organization), "organization.preferred_name").await;
}

#[tokio::test]
async fn an_organization_has_a_name_of_1_to_200_characters() {
    let suite = Suite::start().await;
    register_all(&suite, ["ß", &"ß".repeat(200)].map(organization)).await;
}

#[tokio::test]
async fn a_birthday_is_a_day_of_the_calendar_that_has_begun_somewhere() {
    let suite = Suite::start().await;
    let day = |year, month, day| Some(Date { year, month, day });
    let in_hours = |hours| {
        let date = chrono::Utc::now() + chrono::TimeDelta::hours(hours);
        let mut parts = date.format("%Y-%m-%d").to_string().split('-').map(str::to_owned).collect::<Vec<_>>();
        let mut next = || parts.remove(0).parse().unwrap();
        day(next(), next(), next())
    };
    let good = [day(1, 1, 1), day(1900, 12, 31), Some(BIRTHDAY), in_hours(0)];
    register_all(&suite, good.map(|birthday| user("Ann", birthday))).await;
    let wrong = [
        None,
        // Nowhere on Earth is it that late: the easternmost clocks are 14 hours ahead.
        in_hours(14 + 24),
        day(9999, 1, 1),
        day(2001, 2, 29),
        day(2000, 0, 1),
        day(2000, 13, 1),
        day(2000, 1, 0),
        day(2000, 1, 32),
        day(2000, -1, 1),
        day(0, 1, 1),
        day(-1, 1, 1),
        day(i32::MAX, i32::MAX, i32::MAX),
    ];
    refuse_all(&suite, wrong.map(|birthday| user("Ann", birthday)), "user.birthday").await;
}
