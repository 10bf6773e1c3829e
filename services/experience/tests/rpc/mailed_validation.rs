//! GetMailedValidation and DecideMailedValidation: a decision through a mailed link.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use connectus_proto::{
    common::v1::ErrorReason,
    experience::v1::{DecideMailedValidationRequest, Decision, GetMailedValidationRequest, ValidationState},
};
use connectus_testkit::{Suite, invalid_field, refusal};
use sha2::{Digest, Sha256};
use tonic::Code;

use crate::support::{
    BOSS, count, create_and_ask, decide_link, details, list, only, read_link, replace, stand, stored, until_delivered,
};

const INVALID: (Code, ErrorReason) = (Code::InvalidArgument, ErrorReason::LinkInvalid);
const BOTH: [Decision; 2] = [Decision::Approve, Decision::Decline];

/// Both rpcs refuse this token, and nothing changes.
async fn is_refused(suite: &Suite, token: &str) {
    let before = stored(suite).await;
    assert_eq!(refusal(read_link(suite, token).await), INVALID, "{token:?}");
    for decision in BOTH {
        assert_eq!(refusal(decide_link(suite, token, decision).await), INVALID, "{token:?}");
    }
    assert_eq!(stored(suite).await, before);
}

#[tokio::test]
async fn opening_a_link_shows_the_request_and_changes_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for _ in 0..3 {
        let shown = read_link(&suite, mail.token()).await.unwrap();
        assert_eq!((shown.details, &*shown.user_name), (Some(details("Soup kitchen")), "Ann"));
    }
    assert_eq!(stored(&suite).await, before);
    assert_eq!(only(&suite, &ann).await, asked);
}

#[tokio::test]
async fn a_link_shows_everybody_what_strangers_may_see() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("UPDATE account.accounts SET last_name = 'Lee', is_full_name_visible = false").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    // Even to the person, who would see more elsewhere.
    let request = ann.asks(GetMailedValidationRequest { token: mail.token().to_owned() });
    let shown = suite.experience().get_mailed_validation(request).await.unwrap().into_inner();
    assert_eq!(shown.user_name, "Ann");
}

#[tokio::test]
async fn whoever_holds_the_link_decides() {
    let suite = Suite::start().await;
    for (name, decision, state) in
        [("Ann", Decision::Approve, ValidationState::Verified), ("Ben", Decision::Decline, ValidationState::Declined)]
    {
        let person = suite.user(name).await;
        let (asked, mail) = create_and_ask(&suite, &person, "Soup kitchen").await;
        decide_link(&suite, mail.token(), decision).await.unwrap();
        let mut decided = only(&suite, &person).await;
        let validation = decided.validation.as_mut().unwrap();
        assert_eq!(validation.state(), state);
        let age = Utc::now().timestamp() - validation.decide_time.take().unwrap().seconds;
        assert!((0..60).contains(&age), "{age}");
        validation.set_state(ValidationState::PendingByMail);
        assert_eq!(decided, asked);
    }
    let decided_by: String = suite.database.value("SELECT min(decided_by) FROM experience.experiences").await;
    assert_eq!(decided_by, BOSS);
}

#[tokio::test]
async fn a_link_works_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for decision in BOTH {
        let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
        until_delivered(&suite).await;
        decide_link(&suite, mail.token(), decision).await.unwrap();
        is_refused(&suite, mail.token()).await;
    }
    assert_eq!(count(&suite, "approval_links").await, 0);
}

#[tokio::test]
async fn a_link_decides_about_its_own_experience_only() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, first) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    let (_, second) = create_and_ask(&suite, &ann, "Choir").await;
    decide_link(&suite, first.token(), Decision::Approve).await.unwrap();
    let all = list(&suite, None, &ann.id).await.unwrap();
    let stands: Vec<_> = all.iter().map(stand).collect();
    assert_eq!(stands, [("Choir", ValidationState::PendingByMail), ("Soup kitchen", ValidationState::Verified)]);
    decide_link(&suite, second.token(), Decision::Decline).await.unwrap();
}

#[tokio::test]
async fn garbage_is_no_link() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let token = mail.token();
    let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(token));
    let hex: String = suite.database.value("SELECT encode(token_hash, 'hex') FROM experience.approval_links").await;
    let (longer, spaced) = (format!("{token}="), format!(" {token}"));
    let (lower, long) = (token.to_lowercase(), "x".repeat(100_000));
    for garbage in ["", "x", "\0", &token[1..], &longer, &spaced, &lower, &hash, &hex, &ann.token, &long] {
        is_refused(&suite, garbage).await;
    }
    decide_link(&suite, token, Decision::Approve).await.unwrap();
}

#[tokio::test]
async fn a_link_works_for_seven_days() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let within = "SELECT expires_at BETWEEN now() + interval '7 days' - interval '1 minute' AND now() + interval '7 days' \
        FROM experience.approval_links";
    assert!(suite.database.value::<bool>(within).await);
    suite.database.execute("UPDATE experience.approval_links SET expires_at = now()").await;
    is_refused(&suite, mail.token()).await;
    assert_eq!(stand(&only(&suite, &ann).await), ("Soup kitchen", ValidationState::PendingByMail));
}

#[tokio::test]
async fn a_replaced_experience_is_asked_anew_and_the_old_link_never_confirms_the_new_text() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, old) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    suite.database.execute("CREATE TABLE old AS SELECT * FROM experience.approval_links").await;
    replace(&suite, &ann, &asked.id, "President", BOSS).await.unwrap();
    let new = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    is_refused(&suite, old.token()).await;
    // Even if a mail of the old request was sent only now.
    suite.database.execute("INSERT INTO experience.approval_links SELECT * FROM old").await;
    is_refused(&suite, old.token()).await;
    assert_eq!(new.subject, "Ann asks you to confirm: President");
    assert_eq!(read_link(&suite, new.token()).await.unwrap().details, Some(details("President")));
    decide_link(&suite, new.token(), Decision::Approve).await.unwrap();
    assert_eq!(stand(&only(&suite, &ann).await), ("President", ValidationState::Verified));
}

#[tokio::test]
async fn even_the_same_text_is_asked_anew() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (asked, old) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    replace(&suite, &ann, &asked.id, "Soup kitchen", BOSS).await.unwrap();
    let new = suite.mail.next(BOSS).await;
    until_delivered(&suite).await;
    assert_ne!(old.token(), new.token());
    is_refused(&suite, old.token()).await;
    decide_link(&suite, new.token(), Decision::Approve).await.unwrap();
}

#[tokio::test]
async fn nobody_is_shown_a_request_of_an_account_that_is_gone() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    suite.database.execute("DELETE FROM account.accounts").await;
    let answer = read_link(&suite, mail.token()).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::UserNotFound));
}

#[tokio::test]
async fn a_decision_is_one_of_the_two() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    until_delivered(&suite).await;
    let before = stored(&suite).await;
    for decision in [0, 3, -1, i32::MAX] {
        let request = DecideMailedValidationRequest { token: mail.token().to_owned(), decision };
        let answer = suite.experience().decide_mailed_validation(request).await;
        assert_eq!(invalid_field(answer), "decision", "{decision}");
    }
    assert_eq!(stored(&suite).await, before);
}

#[tokio::test]
async fn the_token_is_nowhere_in_the_database() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (_, mail) = create_and_ask(&suite, &ann, "Soup kitchen").await;
    let random = BASE64_URL_SAFE_NO_PAD.decode(mail.token()).unwrap();
    let (hash, secrets) = (hex(&Sha256::digest(mail.token())), [hex(&random), hex(mail.token().as_bytes())]);
    // The search finds what is there.
    assert_eq!(tables_with(&suite, &hash).await, ["experience.approval_links"]);
    for secret in [mail.token(), &secrets[0], &secrets[1]] {
        assert_eq!(tables_with(&suite, secret).await, [""; 0], "{secret}");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// The tables of all schemas in which a text occurs.
async fn tables_with(suite: &Suite, text: &str) -> Vec<String> {
    let tables: Vec<String> = suite
        .database
        .value(
            "SELECT array_agg(format('%I.%I', schemaname, tablename)) FROM pg_tables \
             WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
        )
        .await;
    let mut found = Vec::new();
    for table in tables {
        let query = format!("SELECT EXISTS (SELECT 1 FROM {table} AS t WHERE strpos(t::text, '{text}') > 0)");
        if suite.database.value(&query).await {
            found.push(table);
        }
    }
    found
}
