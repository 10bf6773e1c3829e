//! Mails about notifications, and their end.

use connectus_proto::{
    account::v1::{
        BlockAccountRequest, GetSettingsRequest, RequestConnectionRequest, Settings, UpdateSettingsRequest,
        UserSettings, settings,
    },
    auth::v1::VerifyEmailRequest,
    common::v1::ErrorReason,
    social::v1::{ClearNotificationsRequest, NotificationKind, UnsubscribeRequest},
};
use connectus_testkit::{
    Behaviour, Mail, Options, Person, Suite, eventually, people::organization_registration, refusal,
};
use prost_types::FieldMask;
use tonic::{Code, Status};

use super::{like, notice, notify};

/// A suite whose digests do not wait for long.
pub(super) async fn impatient() -> Suite {
    Suite::with(Options { social: vec!["--digest-interval=1"], ..Options::default() }).await
}

/// Says whether somebody wants mails about notifications.
pub(super) async fn want_mails(suite: &Suite, person: &Person, wanted: bool) {
    let user = UserSettings { email_notifications: wanted, ..UserSettings::default() };
    let settings = Some(Settings { owner: Some(settings::Owner::User(user)) });
    let update_mask = Some(FieldMask { paths: vec!["email_notifications".to_owned()] });
    suite.account().update_settings(person.asks(UpdateSettingsRequest { settings, update_mask })).await.unwrap();
}

async fn wants_mails(suite: &Suite, person: &Person) -> bool {
    let answer = suite.account().get_settings(person.asks(GetSettingsRequest {})).await.unwrap().into_inner();
    match answer.settings.and_then(|settings| settings.owner) {
        Some(settings::Owner::User(user)) => user.email_notifications,
        owner => panic!("a person's settings: {owner:?}"),
    }
}

async fn unsubscribe(suite: &Suite, token: &str) -> Result<(), Status> {
    suite.notifications().unsubscribe(UnsubscribeRequest { token: token.to_owned() }).await.map(drop)
}

/// Asks somebody to connect, which waits for an answer.
pub(super) async fn ask(suite: &Suite, whom: &Person, by: &Person, message: &str) {
    let request = RequestConnectionRequest { account_id: whom.id.clone(), message: message.to_owned() };
    suite.connections().request_connection(by.asks(request)).await.unwrap();
}

/// Waits until nothing is left to be delivered.
pub(super) async fn until_idle(suite: &Suite) {
    let left = "SELECT (SELECT count(*) FROM account.outbox) + (SELECT count(*) FROM experience.outbox) \
        + (SELECT count(*) FROM social.outbox)";
    eventually("all is delivered", async || (suite.database.value::<i64>(left).await == 0).then_some(())).await;
}

/// The mails about notifications that somebody got.
pub(super) fn mails_to(suite: &Suite, person: &Person) -> Vec<Mail> {
    let of_registration = |mail: &Mail| mail.subject.contains("Verify");
    suite.mail.received().into_iter().filter(|mail| mail.to == person.email && !of_registration(mail)).collect()
}

#[tokio::test]
async fn what_waits_for_an_answer_is_mailed_at_once() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    ask(&suite, &ann, &ben, "Shall we <swim>?").await;
    let mail = suite.mail.next_about(&ann.email, "Ben asks to connect with you").await;
    assert!(mail.text.contains("Hello Ann,") && mail.text.contains("Shall we <swim>?"), "{}", mail.text);
    assert!(mail.html.contains("Shall we &#60;swim&#62;?"), "{}", mail.html);
    let link = mail.link();
    assert_eq!(mail.header("List-Unsubscribe"), Some(format!("<{link}>").as_str()));
    assert_eq!(mail.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
}

#[tokio::test]
async fn the_rest_is_mailed_together_some_time_later() {
    let suite = impatient().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    notify(&suite, [like(&ann, &ben, "Beach"), notice(NotificationKind::ShiftFreed, &ann, None, "Choir")])
        .await
        .unwrap();
    let mail = suite.mail.next_about(&ann.email, "2 new notifications").await;
    for said in ["Ben is interested in what you offer", "Beach", "A place in a shift is free, and now yours", "Choir"] {
        assert!(mail.text.contains(said), "{said}: {}", mail.text);
    }
    until_idle(&suite).await;
    notify(&suite, [like(&ann, &ben, "Garden")]).await.unwrap();
    let mail = suite.mail.next_about(&ann.email, "1 new notification").await;
    assert!(mail.text.contains("Garden") && !mail.text.contains("Beach"), "{}", mail.text);
}

#[tokio::test]
async fn what_the_mail_server_does_not_take_is_mailed_later_and_once() {
    let suite = impatient().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    suite.mail.behave(Behaviour::Trouble);
    ask(&suite, &ann, &ben, "Hello").await;
    notify(&suite, [like(&ann, &ben, "Beach")]).await.unwrap();
    let failed = "SELECT count(*) FROM social.outbox WHERE last_error IS NOT NULL";
    eventually("both were tried", async || (suite.database.value::<i64>(failed).await == 2).then_some(())).await;
    suite.mail.behave(Behaviour::Accept);
    until_idle(&suite).await;
    let mut subjects: Vec<String> = mails_to(&suite, &ann).into_iter().map(|mail| mail.subject).collect();
    subjects.sort();
    assert_eq!(subjects, ["1 new notification", "Ben asks to connect with you"]);
}

#[tokio::test]
async fn a_digest_that_is_sent_again_is_the_same_mail_unless_it_tells_of_more() {
    let suite = impatient().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    notify(&suite, [like(&ann, &ben, "Beach")]).await.unwrap();
    let first = suite.mail.next_about(&ann.email, "1 new notification").await;
    until_idle(&suite).await;
    // As if the process had ended before it noted that.
    let again = format!(
        "UPDATE social.boxes SET digested_id = NULL; \
         INSERT INTO social.outbox (id, payload) SELECT gen_random_uuid(), \
         jsonb_build_object('kind', 'digest_mail', 'account_id', '{}')",
        ann.id
    );
    suite.database.execute(&again).await;
    assert_eq!(suite.mail.next_about(&ann.email, "1 new notification").await.id, first.id);
    until_idle(&suite).await;
    notify(&suite, [like(&ann, &ben, "Choir")]).await.unwrap();
    suite.database.execute(&again).await;
    let more = suite.mail.next_about(&ann.email, "2 new notifications").await;
    assert_ne!(more.id, first.id, "or who has the first would not see it");
}

#[tokio::test]
async fn who_wants_no_mails_gets_none() {
    let suite = impatient().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    assert!(!wants_mails(&suite, &ann).await, "not at first");
    ask(&suite, &ann, &ben, "Hello").await;
    notify(&suite, [like(&ann, &ben, "Beach")]).await.unwrap();
    until_idle(&suite).await;
    want_mails(&suite, &ann, true).await;
    notify(&suite, [like(&ann, &ben, "Garden")]).await.unwrap();
    let mail = suite.mail.next_about(&ann.email, "1 new notification").await;
    assert!(!mail.text.contains("Beach"), "it is not made up for");
    until_idle(&suite).await;
    assert_eq!(mails_to(&suite, &ann).len(), 0, "and no other");
}

#[tokio::test]
async fn nothing_is_mailed_of_what_one_has_taken_away_or_of_who_is_hidden() {
    let suite = impatient().await;
    let (ann, ben, cleo) = (suite.user("Ann").await, suite.user("Ben").await, suite.user("Cleo").await);
    want_mails(&suite, &ann, true).await;
    notify(&suite, [like(&ann, &ben, "Beach"), like(&ann, &cleo, "Choir")]).await.unwrap();
    suite.notifications().clear_notifications(ann.asks(ClearNotificationsRequest {})).await.unwrap();
    notify(&suite, [like(&ann, &ben, "Garden"), like(&ann, &cleo, "Forest")]).await.unwrap();
    let request = BlockAccountRequest { account_id: ann.id.clone() };
    suite.connections().block_account(ben.asks(request)).await.unwrap();
    let mail = suite.mail.next_about(&ann.email, "1 new notification").await;
    assert!(mail.text.contains("Forest"), "{}", mail.text);
    until_idle(&suite).await;
    assert_eq!(mails_to(&suite, &ann).len(), 0, "and no other");
}

#[tokio::test]
async fn one_click_ends_the_mails_of_whose_mail_it_is_and_again_does_no_harm() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    want_mails(&suite, &ben, true).await;
    ask(&suite, &ann, &ben, "Hello").await;
    let token = suite.mail.next_about(&ann.email, "Ben asks to connect with you").await.token().to_owned();
    for _ in 0..2 {
        unsubscribe(&suite, &token).await.unwrap();
        assert_eq!((wants_mails(&suite, &ann).await, wants_mails(&suite, &ben).await), (false, true));
    }
    for bad in ["", "x", &token[1..], &token.to_lowercase()] {
        assert_eq!(
            refusal(unsubscribe(&suite, bad).await),
            (Code::InvalidArgument, ErrorReason::LinkInvalid),
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn nobody_is_mailed_at_an_address_that_they_have_not_verified() {
    let suite = impatient().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let registration = organization_registration("Help");
    let email = registration.email.clone();
    suite.auth().register(registration).await.unwrap();
    let token = suite.mail.next(&email).await.token().to_owned();
    let made = "SELECT coalesce((SELECT id::text FROM account.accounts WHERE preferred_name = 'Help'), '')";
    let help = eventually("the account is there", async || {
        let id = suite.database.value::<String>(made).await;
        (!id.is_empty()).then(|| Person { id, email: email.clone(), token: String::new() })
    })
    .await;
    ask(&suite, &help, &ben, "Hello").await;
    notify(&suite, [like(&help, &ben, "Beach")]).await.unwrap();
    until_idle(&suite).await;
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM social.notifications").await, 2);
    suite.auth().verify_email(VerifyEmailRequest { token }).await.unwrap();
    ask(&suite, &help, &ann, "Now").await;
    let mail = suite.mail.next(&help.email).await;
    assert!(mail.text.contains("Now"), "the first since the link: {mail:?}");
}

#[tokio::test]
async fn a_mail_waits_for_auth_to_say_where_it_goes() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    want_mails(&suite, &ann, true).await;
    suite.database.execute("ALTER TABLE auth.accounts RENAME TO broken").await;
    ask(&suite, &ann, &ben, "Hello").await;
    let tried = "SELECT count(*) FROM social.outbox WHERE last_error LIKE 'auth answered%' AND NOT dead";
    eventually("it was tried", async || (suite.database.value::<i64>(tried).await == 1).then_some(())).await;
    suite.database.execute("ALTER TABLE auth.broken RENAME TO accounts").await;
    suite.mail.next_about(&ann.email, "Ben asks to connect with you").await;
}
