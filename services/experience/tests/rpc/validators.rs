//! Who may be asked to confirm an experience, by CreateExperience and ReplaceExperience alike.

use connectus_proto::{common::v1::ErrorReason, experience::v1::Validator, experience::v1::validator};
use connectus_testkit::{Person, Suite, invalid_field, refusal};
use tonic::{Code, Status};

use crate::support::{BOSS, by_mail, create, create_and_ask, on_site, replace, stored, unknown_id, until_delivered};

const NO_ORGANIZATION: (Code, ErrorReason) = (Code::NotFound, ErrorReason::OrganizationNotFound);

/// Tries to ask an account, in a new experience and in one that asked another before.
async fn ask_account(suite: &Suite, person: &Person, id: &str, asks_another: &str) -> [Result<(), Status>; 2] {
    let validator = Some(Validator { validator: Some(validator::Validator::OrganizationId(id.to_owned())) });
    [
        create(suite, person, "Soup kitchen", validator).await.map(drop),
        replace(suite, person, asks_another, "Soup kitchen", id).await.map(drop),
    ]
}

#[tokio::test]
async fn only_organizations_are_asked_on_the_site() {
    let suite = Suite::start().await;
    let (ann, ben, help) = (suite.user("Ann").await, suite.user("Ben").await, suite.organization("Help").await);
    let asked = create(&suite, &ann, "Soup kitchen", on_site(&help)).await.unwrap();
    let before = stored(&suite).await;
    for id in [&ben.id, &ann.id, "me", &unknown_id(), "x", "\0", BOSS] {
        for answer in ask_account(&suite, &ann, id, &asked.id).await {
            assert_eq!(refusal(answer), NO_ORGANIZATION, "{id:?}");
        }
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn an_organization_that_blocked_the_person_is_not_found() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let help = suite.organization("Help").await;
    let asked = create(&suite, &ann, "Soup kitchen", None).await.unwrap();
    let block = format!("INSERT INTO account.blocks VALUES ('{}', '{}')", help.id, ann.id);
    suite.database.execute(&block).await;
    let before = stored(&suite).await;
    for answer in ask_account(&suite, &ann, &help.id, &asked.id).await {
        assert_eq!(refusal(answer), NO_ORGANIZATION);
    }
    assert_eq!(stored(&suite).await, before);
    create(&suite, &ben, "Soup kitchen", on_site(&help)).await.unwrap();
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, _) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    let injected = "boss@example.net\r\nBcc: all@example.net";
    for email in [
        "",
        "boss",
        "boss@",
        "@example.net",
        "a b@example.net",
        "Boss <boss@example.net>",
        &ann.id,
        "boss\0@example.net",
        injected,
    ] {
        assert_eq!(invalid_field(create(&suite, &ann, "Choir", by_mail(email)).await), "validator.email", "{email}");
        assert_eq!(invalid_field(replace(&suite, &ann, &asked.id, "Choir", email).await), "validator.email", "{email}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn an_address_may_have_254_characters() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let local = "a".repeat(64);
    let longest = format!("{local}@{}.{}.{}", "b".repeat(63), "c".repeat(63), "d".repeat(61));
    assert_eq!(longest.len(), 254);
    create(&suite, &ann, "Soup kitchen", by_mail(&longest)).await.unwrap();
    suite.mail.next(&longest).await;
    let longer = format!("{longest}d");
    assert_eq!(invalid_field(create(&suite, &ann, "Soup kitchen", by_mail(&longer)).await), "validator.email");
}

#[tokio::test]
async fn nobody_confirms_what_they_say_themselves() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, _) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for own in [
        "ann@example.org",
        "ANN@EXAMPLE.ORG",
        "Ann@Example.org",
        " ann@example.org ",
        "\"A\\nn\"@example.org",
        "\"ann\"@example.org",
    ] {
        assert_eq!(invalid_field(create(&suite, &ann, "Choir", by_mail(own)).await), "validator.email", "{own}");
        assert_eq!(invalid_field(replace(&suite, &ann, &asked.id, "Choir", own).await), "validator.email", "{own}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn who_has_no_address_that_is_known_asks_nobody_by_mail() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    // As in the moment between the registration and the message that makes the account.
    suite.database.execute("DELETE FROM account.accounts").await;
    for email in [&*ann.email, BOSS] {
        let answer = create(&suite, &ann, "Choir", by_mail(email)).await;
        assert_eq!(refusal(answer), (Code::Unavailable, ErrorReason::Unavailable), "{email}");
    }
    assert_eq!(stored(&suite).await, "||");
}
