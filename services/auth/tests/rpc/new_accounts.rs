//! What a registration makes in the account service.

use connectus_proto::{
    account::v1::{
        Account, GetAccountRequest, GetSettingsRequest, OrganizationSettings, UserSettings, account, settings,
    },
    auth::v1::RegisterRequest,
    common::v1::Date,
};
use connectus_testkit::{
    Behaviour, Person, Suite, eventually,
    people::{organization_registration, user_registration},
    refusal,
};

use crate::support::{LINK_INVALID, account_id, register, until, until_settled, verify_email};

/// Has what waits for another attempt tried at once.
const HURRY: &str = "UPDATE auth.outbox SET due_at = now()";

/// Whether something was tried in vain.
const FAILED: &str = "SELECT count(*) > 0 FROM auth.outbox WHERE last_error IS NOT NULL";

/// An account as it sees itself.
async fn account_of(suite: &Suite, person: &Person) -> Account {
    let request = person.asks(GetAccountRequest { account_id: person.id.clone() });
    suite.account().get_account(request).await.unwrap().into_inner().account.unwrap()
}

async fn settings_of(suite: &Suite, person: &Person) -> settings::Owner {
    let settings = suite.account().get_settings(person.asks(GetSettingsRequest {})).await.unwrap().into_inner();
    settings.settings.unwrap().owner.unwrap()
}

/// Waits until the account service knows an account.
async fn until_known(suite: &Suite, id: &str) -> Account {
    eventually("the account is there", async || {
        let request = GetAccountRequest { account_id: id.to_owned() };
        suite.account().get_account(request).await.ok()?.into_inner().account
    })
    .await
}

#[tokio::test]
async fn a_person_has_what_they_said_and_the_defaults() {
    let suite = Suite::start().await;
    let before = chrono::Utc::now().timestamp();
    let ann = suite.user("Ann").await;
    let account = account_of(&suite, &ann).await;
    let created = account.create_time.unwrap().seconds;
    assert!((before..=chrono::Utc::now().timestamp()).contains(&created), "{created}");
    let Some(account::Owner::User(user)) = account.owner.clone() else { panic!("it is a person's: {account:?}") };
    assert_eq!((user.first_name.as_str(), user.birthday), ("Ann", Some(Date { year: 1990, month: 4, day: 30 })));
    assert_eq!((user.middle_name.as_str(), user.last_name.as_str(), user.gender), ("", "", 0));
    assert_eq!((account.id, account.email), (ann.id.clone(), ann.email.clone()));
    assert_eq!((account.posts_count, account.liked_count, account.shared_count), (0, 0, 0));
    let defaults = UserSettings {
        allow_messages_from_unknown: true,
        email_notifications: false,
        is_full_name_visible: true,
        blocked_account_ids: Vec::new(),
        share_with_communities: true,
    };
    assert_eq!(settings_of(&suite, &ann).await, settings::Owner::User(defaults));
}

#[tokio::test]
async fn an_organization_has_what_it_said_and_the_defaults() {
    let suite = Suite::start().await;
    let help = suite.organization("Help").await;
    let account = account_of(&suite, &help).await;
    let Some(account::Owner::Organization(organization)) = account.owner.clone() else { panic!("{account:?}") };
    assert_eq!((organization.preferred_name.as_str(), organization.is_verified), ("Help", false));
    assert_eq!((account.id, account.email), (help.id.clone(), help.email.clone()));
    let defaults =
        OrganizationSettings { allow_messages_from_unknown: true, email_notifications: true, is_nonprofit: true };
    assert_eq!(settings_of(&suite, &help).await, settings::Owner::Organization(defaults));
}

#[tokio::test]
async fn an_account_appears_once_the_account_service_works_again() {
    let suite = Suite::start().await;
    suite.database.execute("ALTER TABLE account.accounts RENAME TO broken").await;
    register(&suite, user_registration("Ann")).await.unwrap();
    let id = account_id(&suite, "ann@example.org").await;
    // The mail does not wait for the account service.
    let mail = suite.mail.next("ann@example.org").await;
    verify_email(&suite, mail.token()).await.unwrap();
    until(&suite.database, FAILED).await;
    suite.database.execute("ALTER TABLE account.broken RENAME TO accounts").await;
    suite.database.execute(HURRY).await;
    let account = until_known(&suite, &id).await;
    assert!(matches!(account.owner, Some(account::Owner::User(user)) if user.first_name == "Ann"));
    until_settled(&suite).await;
}

#[tokio::test]
async fn a_mail_is_sent_once_the_mail_server_works_again() {
    let suite = Suite::start().await;
    suite.mail.behave(Behaviour::Trouble);
    register(&suite, user_registration("Ann")).await.unwrap();
    let id = account_id(&suite, "ann@example.org").await;
    // The account does not wait for the mail server.
    until_known(&suite, &id).await;
    until(&suite.database, FAILED).await;
    suite.mail.behave(Behaviour::Accept);
    suite.database.execute(HURRY).await;
    let mail = suite.mail.next("ann@example.org").await;
    verify_email(&suite, mail.token()).await.unwrap();
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0, "it is sent once");
}

#[tokio::test]
async fn messages_delivered_twice_change_nothing() {
    let suite = Suite::start().await;
    suite.mail.behave(Behaviour::Trouble);
    suite.database.execute("ALTER TABLE account.accounts RENAME TO broken").await;
    register(&suite, user_registration("Ann")).await.unwrap();
    until(&suite.database, "SELECT count(*) = 2 FROM auth.outbox WHERE last_error IS NOT NULL").await;
    // The messages as they were written: the account's and the mail's.
    suite.database.execute("CREATE TABLE twice AS SELECT id, payload FROM auth.outbox").await;
    let again = "INSERT INTO auth.outbox (id, payload) SELECT id, payload FROM twice";
    suite.database.execute("ALTER TABLE account.broken RENAME TO accounts").await;
    suite.mail.behave(Behaviour::Accept);
    suite.database.execute(HURRY).await;
    until_settled(&suite).await;
    suite.database.execute("UPDATE account.accounts SET first_name = 'Anna'").await;

    suite.database.execute(again).await;
    until_settled(&suite).await;
    let [first, second] = suite.mail.received().try_into().unwrap();
    assert_eq!(first.id, second.id, "mail programs can tell that it is the same");
    verify_email(&suite, first.token()).await.unwrap();
    assert_eq!(refusal(verify_email(&suite, second.token()).await), LINK_INVALID, "a link works once");

    // Once the address is verified there is nothing to ask for.
    suite.database.execute(again).await;
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 2);
    let names: Vec<String> = suite.database.value("SELECT array_agg(first_name) FROM account.accounts").await;
    assert_eq!(names, ["Anna"], "what was changed since stays");
}

#[tokio::test]
async fn whatever_is_registered_the_account_service_takes() {
    let suite = Suite::start().await;
    let longest = [user_registration(&"ß".repeat(100)), organization_registration(&"ß".repeat(200))];
    for (number, registration) in longest.into_iter().enumerate() {
        let email = format!("long{number}@example.org");
        register(&suite, RegisterRequest { email: email.clone(), ..registration }).await.unwrap();
        let id = account_id(&suite, &email).await;
        until_known(&suite, &id).await;
    }
}
