//! ResendVerification.

use connectus_proto::auth::v1::{ResendVerificationRequest, ResendVerificationResponse};
use connectus_testkit::{Suite, invalid_field, people::user_registration};

use crate::support::{register, register_and_read, resend_verification, until_settled, verify_email};

const ANN: &str = "ann@example.org";

#[tokio::test]
async fn another_mail_comes_with_a_link_of_its_own() {
    let suite = Suite::start().await;
    register(&suite, user_registration("Ann")).await.unwrap();
    let first = suite.mail.next(ANN).await;
    // The mail goes to the address of the account, however it was asked for.
    resend_verification(&suite, "ANN@Example.ORG").await.unwrap();
    let second = suite.mail.next(ANN).await;
    assert_eq!(second.subject, first.subject);
    assert_ne!(second.id, first.id);
    assert_ne!(second.link(), first.link());
    // Both links work until one was used.
    verify_email(&suite, first.token()).await.unwrap();
}

#[tokio::test]
async fn strangers_and_the_verified_are_answered_alike_and_mailed_nothing() {
    let suite = Suite::start().await;
    let verified = suite.user("Ann").await;
    for email in [verified.email.as_str(), "stranger@example.org"] {
        let request = ResendVerificationRequest { email: email.to_owned() };
        let answer = suite.auth().resend_verification(request).await.unwrap().into_inner();
        assert_eq!(answer, ResendVerificationResponse {});
    }
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0);
}

#[tokio::test]
async fn whether_there_is_an_account_is_not_looked_up_before_the_answer() {
    let suite = Suite::start().await;
    register_and_read(&suite, user_registration("Ann")).await;
    let mut client = suite.database.connect().await;
    let lock = client.transaction().await.unwrap();
    lock.batch_execute("LOCK auth.accounts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    for email in [ANN, "stranger@example.org"] {
        resend_verification(&suite, email).await.unwrap();
    }
    lock.rollback().await.unwrap();
    suite.mail.next(ANN).await;
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let suite = Suite::start().await;
    for email in ["", "ann", "a\0nn@example.org", &format!("{}@example.org", "a".repeat(250))] {
        assert_eq!(invalid_field(resend_verification(&suite, email).await), "email", "{email:?}");
    }
}
