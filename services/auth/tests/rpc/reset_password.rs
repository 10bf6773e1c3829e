//! ResetPassword.

use connectus_proto::common::v1::ErrorReason;
use connectus_testkit::{PASSWORD, Suite, invalid_field, people::user_registration, refusal};
use futures::future::{join, join_all};
use tonic::Code;

use crate::support::{
    LINK_INVALID, LOGIN_REFUSED, NEW_PASSWORD, claims, is_accepted, login, register_and_read, reset_password,
    reset_token, until_refused, verify_email,
};

const ANN: &str = "ann@example.org";

#[tokio::test]
async fn a_link_works_once_and_replaces_the_password() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let token = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &token, NEW_PASSWORD).await.unwrap();
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
    assert_eq!(refusal(login(&suite, &ann.email, PASSWORD).await), LOGIN_REFUSED);
    assert_eq!(refusal(reset_password(&suite, &token, "another fine password").await), LINK_INVALID);
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
    login(&suite, &ben.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn every_token_from_before_is_revoked_and_no_other() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let second = suite.login(&ann.email, PASSWORD).await;
    let token = reset_token(&suite, &ann.email).await;
    reset_password(&suite, &token, NEW_PASSWORD).await.unwrap();
    let new = suite.login(&ann.email, NEW_PASSWORD).await;
    until_refused(&suite, &ann.token).await;
    until_refused(&suite, &second).await;
    assert!(is_accepted(&suite, &new).await);
    assert!(is_accepted(&suite, &ben.token).await);
}

#[tokio::test]
async fn a_login_with_the_old_password_that_races_with_the_reset_gains_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = reset_token(&suite, &ann.email).await;
    let logins = join_all((0..8).map(|_| login(&suite, &ann.email, PASSWORD)));
    let (logins, reset) = join(logins, reset_password(&suite, &token, NEW_PASSWORD)).await;
    reset.unwrap();
    for answer in logins {
        match answer {
            Ok(response) => until_refused(&suite, &response.access_token).await,
            refused => assert_eq!(refusal(refused), LOGIN_REFUSED),
        }
    }
}

#[tokio::test]
async fn a_weak_password_leaves_the_link_and_the_old_password_as_they_were() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = reset_token(&suite, &ann.email).await;
    for weak in ["", "zq8!vbx", &"x".repeat(129), &"e\u{301}".repeat(7), "password", "PassWord"] {
        assert_eq!(invalid_field(reset_password(&suite, &token, weak).await), "password", "{weak}");
    }
    login(&suite, &ann.email, PASSWORD).await.unwrap();
    assert!(is_accepted(&suite, &ann.token).await);
    reset_password(&suite, &token, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn passwords_at_both_edges_of_their_length_are_taken() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for password in ["zq8!vbxk", &"€".repeat(128), &"e\u{301}".repeat(128)] {
        let token = reset_token(&suite, &ann.email).await;
        reset_password(&suite, &token, password).await.unwrap();
        login(&suite, &ann.email, password).await.unwrap();
    }
}

#[tokio::test]
async fn who_reads_the_mail_has_the_address() {
    let suite = Suite::start().await;
    register_and_read(&suite, user_registration("Ann")).await;
    let token = reset_token(&suite, ANN).await;
    reset_password(&suite, &token, NEW_PASSWORD).await.unwrap();
    let response = login(&suite, ANN, NEW_PASSWORD).await.unwrap();
    assert!(is_accepted(&suite, &response.access_token).await);
}

#[tokio::test]
async fn using_one_link_voids_the_others_of_the_account() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let (first, second) = (reset_token(&suite, &ann.email).await, reset_token(&suite, &ann.email).await);
    let others = reset_token(&suite, &ben.email).await;
    reset_password(&suite, &first, NEW_PASSWORD).await.unwrap();
    assert_eq!(refusal(reset_password(&suite, &second, "another fine password").await), LINK_INVALID);
    login(&suite, &ann.email, NEW_PASSWORD).await.unwrap();
    reset_password(&suite, &others, NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn of_several_links_used_at_once_one_works() {
    let suite = Suite::start().await;
    // Such races go wrong sometimes: try it on several people.
    for name in ["Ann", "Ben", "Cem"] {
        let person = suite.user(name).await;
        let mut attempts = Vec::new();
        for number in 0..3 {
            // Each link is used twice.
            let (token, password) = (reset_token(&suite, &person.email).await, format!("{NEW_PASSWORD} {number}"));
            attempts.extend([(token.clone(), password.clone()), (token, password)]);
        }
        let answers = join_all(attempts.iter().map(|(token, password)| reset_password(&suite, token, password))).await;
        let mut passwords = Vec::new();
        for (answer, (_, password)) in answers.into_iter().zip(&attempts) {
            match answer {
                Ok(()) => passwords.push(password),
                refused => assert_eq!(refusal(refused), LINK_INVALID),
            }
        }
        assert_eq!(passwords.len(), 1, "{name}");
        login(&suite, &person.email, passwords[0]).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_no_link_resets_nothing() {
    let suite = Suite::start().await;
    let verify = register_and_read(&suite, user_registration("Ben")).await;
    let ann = suite.user("Ann").await;
    let token = reset_token(&suite, &ann.email).await;
    let too_long = format!("{token}{}", "x".repeat(5000));
    for wrong in ["", "x", "a.b.c", "\0", &token[1..], &too_long, &ann.token, &verify] {
        assert_eq!(refusal(reset_password(&suite, wrong, NEW_PASSWORD).await), LINK_INVALID, "{wrong}");
    }
    for email in ["ben@example.org", &ann.email] {
        assert_eq!(refusal(login(&suite, email, NEW_PASSWORD).await), LOGIN_REFUSED);
    }
    reset_password(&suite, &token, NEW_PASSWORD).await.unwrap();
    verify_email(&suite, &verify).await.unwrap();
}

#[tokio::test]
async fn a_link_is_good_for_12_hours_and_not_after_it_expired() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let before = chrono::Utc::now().timestamp();
    let token = reset_token(&suite, &ann.email).await;
    let range = before..=chrono::Utc::now().timestamp();
    assert!(range.contains(&(claims(&token)["exp"].as_i64().unwrap() - 12 * 60 * 60)));
    suite.database.execute("UPDATE auth.mail_links SET expires_at = now() - interval '1 second'").await;
    assert_eq!(refusal(reset_password(&suite, &token, NEW_PASSWORD).await), LINK_INVALID);
    login(&suite, &ann.email, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_link_says_that_its_account_is_gone() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let token = reset_token(&suite, &ann.email).await;
    suite.database.execute("DELETE FROM auth.accounts").await;
    let answer = reset_password(&suite, &token, NEW_PASSWORD).await;
    assert_eq!(refusal(answer), (Code::NotFound, ErrorReason::LinkAccountGone));
}
