//! Login.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use connectus_proto::{auth::v1::RegisterRequest, common::v1::ErrorReason};
use connectus_testkit::{PASSWORD, Suite, people::user_registration, refusal};
use futures::future::{join_all, try_join_all};
use tonic::Code;
use uuid::Uuid;

use crate::support::{LOGIN_REFUSED, claims, is_accepted, login, register, register_and_read, verify_email};

#[tokio::test]
async fn one_logs_in_by_address_in_any_case_or_by_account_id() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let ids = [ann.email.as_str(), "ANN@Example.ORG", " ann@example.org ", &ann.id, &ann.id.to_uppercase()];
    for id in ids {
        let response = login(&suite, id, PASSWORD).await.unwrap();
        assert_eq!(response.account_id, ann.id, "{id:?}");
        assert!(is_accepted(&suite, &response.access_token).await, "{id:?}");
    }
}

#[tokio::test]
async fn an_unknown_account_and_a_wrong_password_are_answered_alike() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    register(&suite, user_registration("Unverified")).await.unwrap();
    let unknown_id = Uuid::now_v7().to_string();
    let too_long = format!("{PASSWORD}{}", "x".repeat(129));
    let cases = [
        (ann.email.as_str(), "wrong password"),
        (ann.email.as_str(), ""),
        (ann.email.as_str(), "Correct horse battery"),
        (ann.email.as_str(), " correct horse battery"),
        (ann.email.as_str(), "correct horse battery\0"),
        (ann.email.as_str(), &too_long),
        (ann.id.as_str(), "wrong password"),
        ("unverified@example.org", "wrong password"),
        ("stranger@example.org", PASSWORD),
        ("stranger@example.org", &too_long),
        (unknown_id.as_str(), PASSWORD),
        ("", ""),
        ("", PASSWORD),
        ("%", PASSWORD),
        ("' OR true --", PASSWORD),
        ("\0", PASSWORD),
    ];
    let answers = join_all(cases.map(|(id, password)| login(&suite, id, password))).await;
    let first = answers[0].clone().unwrap_err();
    assert_eq!(refusal::<()>(Err(first.clone())), LOGIN_REFUSED);
    for ((id, password), answer) in cases.into_iter().zip(answers) {
        let status = answer.unwrap_err();
        let same = (first.code(), first.message(), first.details());
        assert_eq!((status.code(), status.message(), status.details()), same, "{id:?} {password:?}");
    }
}

#[tokio::test]
async fn the_time_does_not_tell_why_a_login_is_refused() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let former = bcrypt::hash(PASSWORD, 4).unwrap();
    let update = format!("UPDATE auth.accounts SET password_hash = '{former}' WHERE id = '{}'", ben.id);
    suite.database.execute(&update).await;
    let too_long = "x".repeat(129);
    let cases = [
        ("stranger@example.org", "wrong password"),
        (&ann.email, "wrong password"),
        (&ben.email, "wrong password"),
        (&ann.email, too_long.as_str()),
    ];
    for (id, password) in cases {
        let began = Instant::now();
        login(&suite, id, password).await.unwrap_err();
        // All wait for the slowest, which a hash of the former system is.
        assert!(began.elapsed() >= Duration::from_millis(200), "{id} {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn only_the_right_password_tells_that_the_address_is_unverified() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let unverified = (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified);
    assert_eq!(refusal(login(&suite, "ann@example.org", PASSWORD).await), unverified);
    assert_eq!(refusal(login(&suite, "ann@example.org", "wrong password").await), LOGIN_REFUSED);
    verify_email(&suite, &token).await.unwrap();
    login(&suite, "ann@example.org", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_same_letters_are_the_same_password_on_every_keyboard() {
    let suite = Suite::start().await;
    let (composed, decomposed) = ("caf\u{e9} au lait", "cafe\u{301} au lait");
    for (name, chosen) in [("Ann", composed), ("Ben", decomposed)] {
        let registration = RegisterRequest { password: chosen.to_owned(), ..user_registration(name) };
        let email = registration.email.clone();
        let token = register_and_read(&suite, registration).await;
        verify_email(&suite, &token).await.unwrap();
        for typed in [composed, decomposed] {
            login(&suite, &email, typed).await.unwrap();
        }
        assert_eq!(refusal(login(&suite, &email, "cafe au lait").await), LOGIN_REFUSED);
    }
}

#[tokio::test]
async fn a_password_counts_to_its_last_letter() {
    let suite = Suite::start().await;
    let longest = "x".repeat(128);
    let registration = RegisterRequest { password: longest.clone(), ..user_registration("Ann") };
    let token = register_and_read(&suite, registration).await;
    verify_email(&suite, &token).await.unwrap();
    login(&suite, "ann@example.org", &longest).await.unwrap();
    for wrong in [&longest[1..], &format!("{}y", &longest[1..]), &format!("{longest}x"), &longest[..72]] {
        assert_eq!(refusal(login(&suite, "ann@example.org", wrong).await), LOGIN_REFUSED, "{}", wrong.len());
    }
}

#[tokio::test]
async fn logins_at_once_have_tokens_of_their_own() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let logins = (0..10).map(|_| login(&suite, &ann.email, PASSWORD));
    let answers = try_join_all(logins).await.unwrap();
    let ids: HashSet<_> = answers.iter().map(|answer| claims(&answer.access_token)["jti"].to_string()).collect();
    assert_eq!(ids.len(), 10);
}
