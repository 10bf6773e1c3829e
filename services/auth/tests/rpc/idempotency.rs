//! A call with an `idempotency-key` is done once, and answered each time as it was first.

use connectus_proto::{
    auth::v1::{ChangePasswordRequest, ExportDataRequest, LoginRequest, LoginResponse, LogoutRequest, RegisterRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{PASSWORD, Suite, as_caller, eventually, invalid_field, people::user_registration, refusal};
use futures::future::join_all;
use tonic::{Code, Request, Status};

use crate::support::{NEW_PASSWORD, login, until_refused, until_settled, verify_email};

const REUSED: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::IdempotencyKeyReused);
const UNVERIFIED: (Code, ErrorReason) = (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified);
const IN_USE: (Code, ErrorReason) = (Code::Aborted, ErrorReason::IdempotencyKeyInUse);

fn keyed<M>(key: &str, mut request: Request<M>) -> Request<M> {
    request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
    request
}

async fn register(suite: &Suite, key: &str, request: RegisterRequest) -> Result<(), Status> {
    suite.auth().register(keyed(key, Request::new(request))).await.map(drop)
}

async fn log_in(suite: &Suite, key: &str, email: &str) -> Result<LoginResponse, Status> {
    let request = LoginRequest { id: email.to_owned(), password: PASSWORD.to_owned() };
    Ok(suite.auth().login(keyed(key, Request::new(request))).await?.into_inner())
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_and_nothing_is_done_twice() {
    let suite = Suite::start().await;
    for _ in 0..3 {
        register(&suite, "one", user_registration("Ann")).await.unwrap();
    }
    suite.mail.next("ann@example.org").await;
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0, "one mail is enough");
    // Without the key, the same is refused.
    let again = suite.auth().register(user_registration("Ann")).await;
    assert_eq!(refusal(again), (Code::AlreadyExists, ErrorReason::EmailTaken));
    let ben = suite.user("Ben").await;
    let first = log_in(&suite, "two", &ben.email).await.unwrap();
    assert_eq!(log_in(&suite, "two", &ben.email).await.unwrap(), first, "the same token");
    let sessions = format!("SELECT count(*) FROM auth.sessions WHERE account_id = '{}'", ben.id);
    assert_eq!(suite.database.value::<i64>(&sessions).await, 2);
}

#[tokio::test]
async fn a_refusal_is_repeated_too_though_it_would_go_well_by_now() {
    let suite = Suite::start().await;
    register(&suite, "one", user_registration("Ann")).await.unwrap();
    assert_eq!(refusal(log_in(&suite, "two", "ann@example.org").await), UNVERIFIED);
    verify_email(&suite, suite.mail.next("ann@example.org").await.token()).await.unwrap();
    assert_eq!(refusal(log_in(&suite, "two", "ann@example.org").await), UNVERIFIED);
    log_in(&suite, "three", "ann@example.org").await.unwrap();
}

#[tokio::test]
async fn a_request_that_was_never_good_uses_no_key_up() {
    let suite = Suite::start().await;
    let bad = RegisterRequest { password: "short".to_owned(), ..user_registration("Ann") };
    for _ in 0..2 {
        assert_eq!(invalid_field(register(&suite, "one", bad.clone()).await), "password");
    }
    register(&suite, "one", user_registration("Ann")).await.unwrap();
}

#[tokio::test]
async fn a_stream_goes_by_and_is_not_kept() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for _ in 0..2 {
        let mut stream =
            suite.auth().export_data(keyed("one", ann.asks(ExportDataRequest {}))).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().unwrap().record.is_some());
    }
    assert_eq!(suite.database.value::<i64>("SELECT count(*) FROM auth.idempotency_keys").await, 0);
}

#[tokio::test]
async fn another_request_with_the_key_is_refused_and_another_callers_key_is_another() {
    let suite = Suite::start().await;
    register(&suite, "one", user_registration("Ann")).await.unwrap();
    assert_eq!(refusal(register(&suite, "one", user_registration("Ben")).await), REUSED);
    let (cid, dan) = (suite.user("Cid").await, suite.user("Dan").await);
    let change = || ChangePasswordRequest { password: PASSWORD.to_owned(), new_password: NEW_PASSWORD.to_owned() };
    let first = suite.auth().change_password(keyed("two", cid.asks(change()))).await.unwrap().into_inner();
    let other = suite.auth().change_password(keyed("two", dan.asks(change()))).await.unwrap().into_inner();
    assert_ne!(first.access_token, other.access_token);
    login(&suite, &dan.email, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn who_ended_their_own_session_by_the_first_call_still_gets_its_answer() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let change = || ChangePasswordRequest { password: PASSWORD.to_owned(), new_password: NEW_PASSWORD.to_owned() };
    let first = suite.auth().change_password(keyed("one", ann.asks(change()))).await.unwrap().into_inner();
    until_refused(&suite, &ann.token).await;
    let again = suite.auth().change_password(keyed("one", ann.asks(change()))).await.unwrap().into_inner();
    assert_eq!(again, first);
    let other = suite.auth().change_password(keyed("two", ann.asks(change()))).await;
    assert_eq!(refusal(other), (Code::Unauthenticated, ErrorReason::TokenInvalid), "nothing new is done for it");
    for _ in 0..2 {
        let logout = keyed("three", as_caller(&first.access_token, LogoutRequest {}));
        suite.auth().logout(logout).await.unwrap();
        until_refused(&suite, &first.access_token).await;
    }
}

#[tokio::test]
async fn of_many_at_once_one_is_done() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let answers = join_all((0..12).map(|_| log_in(&suite, "one", &ann.email))).await;
    let (done, waiting): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    let tokens: std::collections::BTreeSet<_> = done.into_iter().map(|answer| answer.unwrap().access_token).collect();
    assert_eq!(tokens.len(), 1);
    for answer in waiting {
        assert_eq!(refusal(answer), IN_USE);
    }
    let sessions = format!("SELECT count(*) FROM auth.sessions WHERE account_id = '{}'", ann.id);
    assert_eq!(suite.database.value::<i64>(&sessions).await, 2);
}

#[tokio::test]
async fn what_was_done_is_not_done_again_though_its_answer_was_lost() {
    let suite = Suite::start().await;
    register(&suite, "one", user_registration("Ann")).await.unwrap();
    // As if the process had died after the commit: the answer was written down with what it tells of.
    let completed = "SELECT count(*) FROM auth.idempotency_keys k JOIN auth.accounts a \
                     ON k.answer IS NOT NULL AND k.xmin::text::bigint >= a.xmin::text::bigint";
    assert_eq!(suite.database.value::<i64>(completed).await, 1);
    register(&suite, "one", user_registration("Ann")).await.unwrap();
}

#[tokio::test]
async fn a_key_whose_first_call_came_to_nothing_is_free_again() {
    let suite = Suite::start().await;
    suite.database.execute("REVOKE INSERT ON auth.outbox FROM connectus_auth").await;
    register(&suite, "one", user_registration("Ann")).await.unwrap_err();
    suite.database.execute("GRANT INSERT ON auth.outbox TO connectus_auth").await;
    register(&suite, "one", user_registration("Ann")).await.unwrap();
    // One that died without a word is free after a while.
    suite
        .database
        .execute("UPDATE auth.idempotency_keys SET answer = NULL, expires_at = now() + interval '1 minute'")
        .await;
    assert_eq!(refusal(register(&suite, "one", user_registration("Ann")).await), IN_USE);
    suite.database.execute("UPDATE auth.idempotency_keys SET expires_at = now() - interval '1 second'").await;
    let again = register(&suite, "one", user_registration("Ann")).await;
    assert_eq!(refusal(again), (Code::AlreadyExists, ErrorReason::EmailTaken), "it is done anew");
}

#[tokio::test]
async fn no_token_is_kept_where_the_database_could_tell_it() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = log_in(&suite, "one", &ann.email).await.unwrap().access_token;
    let kept = "SELECT encode(answer, 'escape') FROM auth.idempotency_keys";
    let kept = eventually("the answer is kept", async || suite.database.value::<Option<String>>(kept).await).await;
    assert!(!kept.contains(&token[..20]), "{kept}");
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let suite = Suite::start().await;
    for key in ["", "with space", &"x".repeat(256)] {
        assert_eq!(invalid_field(register(&suite, key, user_registration("Ann")).await), "idempotency-key", "{key}");
    }
    register(&suite, &"x".repeat(255), user_registration("Ann")).await.unwrap();
}
