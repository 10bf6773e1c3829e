//! Register.

use connectus_proto::{auth::v1::RegisterRequest, common::v1::ErrorReason};
use connectus_testkit::{
    PASSWORD, Suite,
    people::{organization_registration, user_registration},
    refusal,
};
use futures::future::join_all;
use tonic::Code;

use crate::support::{
    account_id, login, register, register_and_read, resend_verification, reset_password, until_settled, verify_email,
};

const EMAIL_TAKEN: (Code, ErrorReason) = (Code::AlreadyExists, ErrorReason::EmailTaken);

/// How many accounts auth knows.
async fn count(suite: &Suite) -> i64 {
    suite.database.value("SELECT count(*) FROM auth.accounts").await
}

fn with_email(email: &str) -> RegisterRequest {
    RegisterRequest { email: email.to_owned(), ..user_registration("Ann") }
}

#[tokio::test]
async fn people_and_organizations_register_verify_and_log_in() {
    let suite = Suite::start().await;
    for registration in [user_registration("Ann"), organization_registration("Help")] {
        let email = registration.email.clone();
        register(&suite, registration).await.unwrap();
        let id = account_id(&suite, &email).await;
        // The version of a UUID is the first digit of its third group.
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'7'), "{id}");
        let mail = suite.mail.next(&email).await;
        verify_email(&suite, mail.token()).await.unwrap();
        assert_eq!(login(&suite, &email, PASSWORD).await.unwrap().account_id, id);
    }
}

#[tokio::test]
async fn the_mail_says_what_its_link_is_for() {
    let suite = Suite::start().await;
    register(&suite, with_email("Ann.Lee+Help@Example.org")).await.unwrap();
    // It goes to the address as it was written.
    let mail = suite.mail.next("Ann.Lee+Help@Example.org").await;
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), ("no-reply@connectus.test", "Verify your e-mail address"));
    assert_eq!(mail.link(), format!("{}/v1/auth/verify-email/{}", suite.api.url(), mail.token()));
    assert!(mail.html.contains(&format!("href=\"{}\"", mail.link())), "{}", mail.html);
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0, "one mail is enough");
}

#[tokio::test]
async fn an_address_has_one_account_in_whatever_case() {
    let suite = Suite::start().await;
    register(&suite, with_email("Ann@Example.org")).await.unwrap();
    for taken in ["Ann@Example.org", "ann@example.org", "ANN@EXAMPLE.ORG", "  ann@EXAMPLE.org\n"] {
        let as_user = register(&suite, with_email(taken)).await;
        assert_eq!(refusal(as_user), EMAIL_TAKEN, "{taken:?}");
        let organization = RegisterRequest { email: taken.to_owned(), ..organization_registration("Help") };
        assert_eq!(refusal(register(&suite, organization).await), EMAIL_TAKEN, "{taken:?}");
    }
    assert_eq!(count(&suite).await, 1);
    suite.mail.next("Ann@Example.org").await;
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 0, "who knows the password needs no mail");
}

#[tokio::test]
async fn who_registers_a_taken_address_learns_nothing_and_its_owner_is_told() {
    let suite = Suite::start().await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    let again = RegisterRequest { password: "the password of Eve".to_owned(), ..user_registration("Ann") };
    let free = RegisterRequest { email: "eve@example.org".to_owned(), ..again.clone() };
    let answers = [suite.auth().register(again.clone()).await, suite.auth().register(free).await];
    let [second, first] = answers.map(|answer| answer.unwrap().into_inner());
    assert_eq!(second, first);
    let mail = suite.mail.next(&again.email).await;
    assert_eq!(mail.subject, "You have an account already");
    // Nothing else has changed.
    verify_email(&suite, &token).await.unwrap();
    login(&suite, &again.email, PASSWORD).await.unwrap();
    login(&suite, &again.email, &again.password).await.unwrap_err();
    // The link lets its owner in, whoever chose the password that there is.
    reset_password(&suite, mail.token(), "the password of Ann").await.unwrap();
    login(&suite, &again.email, "the password of Ann").await.unwrap();
}

#[tokio::test]
async fn who_takes_an_address_before_its_owner_does_keeps_nothing_of_it() {
    let suite = Suite::start().await;
    let squatter = RegisterRequest { password: "the password of Eve".to_owned(), ..user_registration("Ann") };
    register(&suite, squatter.clone()).await.unwrap();
    suite.mail.next(&squatter.email).await;
    register(&suite, user_registration("Ann")).await.unwrap();
    let link = suite.mail.next(&squatter.email).await;
    reset_password(&suite, link.token(), PASSWORD).await.unwrap();
    login(&suite, &squatter.email, PASSWORD).await.unwrap();
    login(&suite, &squatter.email, &squatter.password).await.unwrap_err();
}

#[tokio::test]
async fn of_those_who_register_an_address_at_once_one_gets_it() {
    let suite = Suite::start().await;
    let attempts = ["ann@example.org", "Ann@example.org", "ANN@example.org", "ann@Example.Org"].repeat(2);
    let answers = join_all(attempts.iter().map(|email| register(&suite, with_email(email)))).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    for answer in refused {
        assert_eq!(refusal(answer), EMAIL_TAKEN);
    }
    assert_eq!(count(&suite).await, 1);
    until_settled(&suite).await;
    assert_eq!(suite.mail.received().len(), 1);
}

#[tokio::test]
async fn whose_account_it_is_must_be_said() {
    let suite = Suite::start().await;
    let nobodys = RegisterRequest { owner: None, ..user_registration("Ann") };
    let nothing = RegisterRequest::default();
    for request in [nobodys, nothing] {
        let answer = register(&suite, request).await;
        assert_eq!(refusal(answer), (Code::InvalidArgument, ErrorReason::AccountTypeInvalid));
    }
    assert_eq!(count(&suite).await, 0);
}

#[tokio::test]
async fn an_account_whose_mail_cannot_be_queued_is_not_made() {
    let suite = Suite::start().await;
    // Auth may do everything but queue.
    suite.database.execute("REVOKE INSERT ON auth.outbox FROM connectus_auth").await;
    let answer = register(&suite, user_registration("Ann")).await;
    assert_eq!(refusal(answer), (Code::Internal, ErrorReason::MailNotAccepted));
    assert_eq!(count(&suite).await, 0);
    suite.database.execute("GRANT INSERT ON auth.outbox TO connectus_auth").await;
    let token = register_and_read(&suite, user_registration("Ann")).await;
    verify_email(&suite, &token).await.unwrap();
}

#[tokio::test]
async fn every_address_that_is_accepted_is_mailed() {
    let suite = Suite::start().await;
    let longest =
        format!("{}@{}.example.org", "a".repeat(64), ["b".repeat(60), "c".repeat(60), "d".repeat(55)].join("."));
    assert_eq!(longest.len(), 254);
    for email in ["a@b.co", "ann.lee+x@example.org", "o'brien@example.org", "a-b_c=d@sub.example.org", &longest] {
        let token = register_and_read(&suite, with_email(email)).await;
        verify_email(&suite, &token).await.unwrap();
        login(&suite, email, PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn what_surrounds_an_address_is_no_part_of_it() {
    let suite = Suite::start().await;
    register(&suite, with_email(" ann@example.org\n")).await.unwrap();
    suite.mail.next("ann@example.org").await;
    resend_verification(&suite, "\tann@example.org ").await.unwrap();
    suite.mail.next("ann@example.org").await;
}

#[tokio::test]
async fn an_account_is_of_the_type_of_its_owner() {
    let suite = Suite::start().await;
    for (registration, account_type) in
        [(user_registration("Ann"), "user"), (organization_registration("Help"), "organization")]
    {
        let email = registration.email.clone();
        register(&suite, registration).await.unwrap();
        let id = account_id(&suite, &email).await;
        let query = format!("SELECT account_type FROM auth.accounts WHERE id = '{id}'");
        assert_eq!(suite.database.value::<String>(&query).await, account_type);
    }
}
