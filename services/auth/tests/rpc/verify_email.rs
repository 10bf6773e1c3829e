//! VerifyEmail.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{PASSWORD, Suite, people::user_registration, refusal};
use futures::future::join_all;
use tonic::Code;

use crate::support::{
    LINK_INVALID, NEW_PASSWORD, claims, login, register_and_read, resend_verification, reset_password, reset_token,
    verify_email,
};

const ANN: &str = "ann@example.org";

#[tokio::test]
async fn a_link_works_once() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    verify_email(&suite, &token).await.unwrap();
    let id = login(&suite, ANN, PASSWORD).await.unwrap().account_id;
    let query = format!("SELECT email_verified_at::text FROM auth.accounts WHERE id = '{id}'");
    let verified_at: String = suite.database.value(&query).await;
    assert_eq!(refusal(verify_email(&suite, &token).await), LINK_INVALID);
    assert_eq!(suite.database.value::<String>(&query).await, verified_at);
    login(&suite, ANN, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn of_those_who_use_a_link_at_once_one_succeeds() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let answers = join_all((0..10).map(|_| verify_email(&suite, &token))).await;
    let (used, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(used.len(), 1);
    for answer in refused {
        assert_eq!(refusal(answer), LINK_INVALID);
    }
    login(&suite, ANN, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn using_one_link_voids_the_others() {
    let suite = Suite::start().await;
    let first = register_and_read(&suite, user_registration("Ann")).await;
    resend_verification(&suite, ANN).await.unwrap();
    let second = suite.mail.next(ANN).await.token().to_owned();
    assert_ne!(first, second);
    verify_email(&suite, &second).await.unwrap();
    assert_eq!(refusal(verify_email(&suite, &first).await), LINK_INVALID);
    login(&suite, ANN, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn of_several_links_used_at_once_one_works() {
    let suite = Suite::start().await;
    // Such races go wrong sometimes: try it on several people.
    for name in ["Ann", "Ben", "Cem", "Dan", "Eve"] {
        let registration = user_registration(name);
        let email = registration.email.clone();
        let mut tokens = vec![register_and_read(&suite, registration).await];
        for _ in 0..3 {
            resend_verification(&suite, &email).await.unwrap();
            tokens.push(suite.mail.next(&email).await.token().to_owned());
        }
        let answers = join_all(tokens.iter().map(|token| verify_email(&suite, token))).await;
        let (used, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
        assert_eq!(used.len(), 1, "{name}: {refused:?}");
        for answer in refused {
            assert_eq!(refusal(answer), LINK_INVALID);
        }
    }
}

#[tokio::test]
async fn what_is_no_link_verifies_nothing() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let ben = suite.user("Ben").await;
    let reset = reset_token(&suite, ANN).await;
    let changed = format!("{}A{}", &token[..token.len() - 9], &token[token.len() - 8..]);
    let other = format!("{}B{}", &token[..token.len() - 9], &token[token.len() - 8..]);
    let changed = if changed == token { other } else { changed };
    let too_long = format!("{token}{}", "x".repeat(5000));
    let wrong = ["", "x", "a.b.c", "\0", &token[1..], &changed, &too_long, &ben.token, &reset];
    for token in wrong {
        assert_eq!(refusal(verify_email(&suite, token).await), LINK_INVALID, "{token}");
    }
    assert_eq!(
        refusal(login(&suite, ANN, PASSWORD).await),
        (Code::FailedPrecondition, ErrorReason::LoginEmailUnverified)
    );
    verify_email(&suite, &token).await.unwrap();
}

#[tokio::test]
async fn a_link_is_good_for_12_hours() {
    let suite = Suite::start().await;
    let before = chrono::Utc::now().timestamp();
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let after = chrono::Utc::now().timestamp();
    let twelve_hours = 12 * 60 * 60;
    let range = before + twelve_hours..=after + twelve_hours;
    assert!(range.contains(&claims(&token)["exp"].as_i64().unwrap()));
    let stored: i64 =
        suite.database.value("SELECT floor(extract(epoch FROM expires_at))::bigint FROM auth.mail_links").await;
    assert!(range.contains(&stored), "{stored}");
}

#[tokio::test]
async fn an_expired_link_does_not_work() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    suite.database.execute("UPDATE auth.mail_links SET expires_at = now() - interval '1 second'").await;
    assert_eq!(refusal(verify_email(&suite, &token).await), LINK_INVALID);
    // It can be asked for again.
    resend_verification(&suite, ANN).await.unwrap();
    verify_email(&suite, suite.mail.next(ANN).await.token()).await.unwrap();
}

#[tokio::test]
async fn a_link_says_that_its_account_is_gone() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    suite.database.execute("DELETE FROM auth.accounts").await;
    let gone = (Code::NotFound, ErrorReason::LinkAccountGone);
    assert_eq!(refusal(verify_email(&suite, &token).await), gone);
    // Somebody new with the same address has nothing to do with it.
    let new = register_and_read(&suite, user_registration("Ann")).await;
    assert_eq!(refusal(verify_email(&suite, &token).await), gone);
    verify_email(&suite, &new).await.unwrap();
}

#[tokio::test]
async fn verifying_leaves_the_link_for_a_new_password() {
    let suite = Suite::start().await;
    let verify = register_and_read(&suite, user_registration("Ann")).await;
    let reset = reset_token(&suite, ANN).await;
    verify_email(&suite, &verify).await.unwrap();
    reset_password(&suite, &reset, NEW_PASSWORD).await.unwrap();
}
