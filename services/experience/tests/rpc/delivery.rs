//! The delivery of the mails that ask to confirm: at least once, and never to confirm anything by itself.

use connectus_proto::experience::v1::{Decision, ValidationState};
use connectus_testkit::{Behaviour, Suite, eventually};

use crate::support::{
    BOSS, asked_by_mail, by_mail, count, create, create_and_ask, decide_link, delete, only, replace, stand, stored,
    until_delivered,
};

/// The message that asks about the only experience, as the service wrote it.
const MESSAGE: &str = "SELECT jsonb_build_object('kind', 'approval_mail', 'experience_id', id, 'request_id', request_id) \
    FROM experience.experiences";

/// Has the message about the only experience delivered again.
pub(crate) async fn deliver_again(suite: &Suite) {
    deliver(suite, "gen_random_uuid()", MESSAGE).await;
}

async fn deliver(suite: &Suite, id: &str, message: &str) {
    suite.database.execute(&format!("INSERT INTO experience.outbox (id, payload) VALUES ({id}, ({message}))")).await;
}

#[tokio::test]
async fn a_message_delivered_twice_sends_another_mail_and_confirms_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, first) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let (id, _) = first.id.split_once('@').unwrap();
    deliver(&suite, &format!("'{id}'"), MESSAGE).await;
    let second = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty(), "there is no third one");
    // Mail programs can tell that it is the same.
    assert_eq!((&second.id, &second.subject), (&first.id, &first.subject));
    assert_eq!(stand(&only(&suite, &ann).await), ("Soup kitchen", ValidationState::PendingByMail));
    decide_link(&suite, second.token(), Decision::Decline).await.unwrap();
    decide_link(&suite, first.token(), Decision::Approve).await.unwrap_err();
    assert_eq!(stand(&only(&suite, &ann).await), ("Soup kitchen", ValidationState::Declined));
}

#[tokio::test]
async fn what_is_decided_is_not_asked_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    decide_link(&suite, mail.token(), Decision::Decline).await.unwrap();
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    deliver_again(&suite).await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty());
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn what_is_withdrawn_is_not_asked() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, _) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    let old: String = suite.database.value(&format!("SELECT ({MESSAGE})::text")).await;
    replace(&suite, &ann, &asked.id, "President", BOSS).await.unwrap();
    suite.mail.next(BOSS).await;
    deliver(&suite, "gen_random_uuid()", &format!("SELECT '{old}'::jsonb")).await;
    until_delivered(&suite).await;
    delete(&suite, &ann, &asked.id).await.unwrap();
    deliver(&suite, "gen_random_uuid()", &format!("SELECT '{old}'::jsonb")).await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty());
    assert_eq!(count(&suite, "approval_links").await, 0);
}

#[tokio::test]
async fn nobody_is_asked_for_an_account_that_is_gone() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    suite.database.execute("DELETE FROM account.accounts").await;
    deliver_again(&suite).await;
    until_delivered(&suite).await;
    assert!(asked_by_mail(&suite).is_empty());
}

#[tokio::test]
async fn a_mail_waits_until_account_answers() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    suite.database.execute("ALTER TABLE account.accounts RENAME TO gone").await;
    deliver_again(&suite).await;
    let failed = "SELECT count(*) FROM experience.outbox WHERE last_error IS NOT NULL";
    eventually("an attempt fails", async || (suite.database.value::<i64>(failed).await == 1).then_some(())).await;
    assert!(asked_by_mail(&suite).is_empty());
    suite.database.execute("ALTER TABLE account.gone RENAME TO accounts").await;
    let mail = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
}

#[tokio::test]
async fn a_mail_waits_until_the_mail_server_takes_it() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.mail.behave_towards(BOSS, Behaviour::Trouble);
    create(&suite, &ann, "Soup kitchen", by_mail(BOSS)).await.unwrap();
    let failed = "SELECT count(*) FROM experience.outbox WHERE last_error IS NOT NULL";
    eventually("an attempt fails", async || (suite.database.value::<i64>(failed).await == 1).then_some(())).await;
    // It holds up no other.
    create(&suite, &ann, "Choir", by_mail("chief@example.net")).await.unwrap();
    suite.mail.next("chief@example.net").await;
    suite.mail.behave_towards(BOSS, Behaviour::Accept);
    let mail = suite.mail.next(BOSS).await;
    decide_link(&suite, mail.token(), Decision::Approve).await.unwrap();
}

#[tokio::test]
async fn an_address_that_does_not_exist_leaves_the_request_pending() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.mail.behave_towards(BOSS, Behaviour::NoSuchRecipient);
    let asked = create(&suite, &ann, "Soup kitchen", by_mail(BOSS)).await.unwrap();
    let dead = "SELECT count(*) FROM experience.outbox WHERE dead";
    eventually("it is put aside", async || (suite.database.value::<i64>(dead).await == 1).then_some(())).await;
    assert_eq!(only(&suite, &ann).await, asked);
    let error: String = suite.database.value("SELECT last_error FROM experience.outbox").await;
    assert!(!error.contains(BOSS), "no address is kept with the error: {error}");
    replace(&suite, &ann, &asked.id, "Soup kitchen", "chief@example.net").await.unwrap();
    suite.mail.next("chief@example.net").await;
}
