//! RequestPasswordReset.

use connectus_proto::auth::v1::{RegisterRequest, RequestPasswordResetRequest, RequestPasswordResetResponse};
use connectus_testkit::{Options, PASSWORD, Suite, invalid_field, people::user_registration};

use crate::support::{
    NEW_PASSWORD, is_accepted, login, register_and_read, request_reset, reset_password, until_settled, verify_email,
};

#[tokio::test]
async fn the_link_leads_to_the_gateway_where_there_is_no_site() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    request_reset(&suite, &ann.email).await.unwrap();
    let mail = suite.mail.next(&ann.email).await;
    assert_eq!((mail.from.as_str(), mail.subject.as_str()), ("no-reply@connectus.test", "Choose a new password"));
    assert_eq!(mail.link(), format!("{}/password-reset/{}", suite.api.url(), mail.token()));
    assert!(mail.html.contains(&format!("href=\"{}\"", mail.link())), "{}", mail.html);
}

#[tokio::test]
async fn the_link_leads_to_the_site_where_there_is_one() {
    let site_url = Some("https://site.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    // The link that verifies leads to the gateway all the same.
    let token = register_and_read(&suite, user_registration("Ann")).await;
    verify_email(&suite, &token).await.unwrap();
    request_reset(&suite, "ann@example.org").await.unwrap();
    let mail = suite.mail.next("ann@example.org").await;
    assert_eq!(mail.link(), format!("https://site.example.org/password-reset/{}", mail.token()));
    reset_password(&suite, mail.token(), NEW_PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_mail_goes_to_the_address_of_the_account_and_to_no_other() {
    let suite = Suite::start().await;
    let email = "Kate@Example.org".to_owned();
    register_and_read(&suite, RegisterRequest { email, ..user_registration("Kate") }).await;
    // The last one begins with the Kelvin sign, whose lower case is a k.
    for written in ["kate@example.org", " KATE@EXAMPLE.ORG ", "\u{212a}ate@example.org"] {
        // Whether such an address is taken at all does not matter here.
        let _ = request_reset(&suite, written).await;
    }
    until_settled(&suite).await;
    let mails = suite.mail.received();
    assert!(mails.len() >= 2, "{mails:?}");
    for mail in mails {
        assert_eq!(mail.to, "Kate@Example.org");
    }
}

#[tokio::test]
async fn strangers_are_answered_alike_and_mailed_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for email in [ann.email.as_str(), "stranger@example.org"] {
        let request = RequestPasswordResetRequest { email: email.to_owned() };
        let answer = suite.auth().request_password_reset(request).await.unwrap().into_inner();
        assert_eq!(answer, RequestPasswordResetResponse {});
    }
    until_settled(&suite).await;
    let mails = suite.mail.received();
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [ann.email.as_str()]);
}

#[tokio::test]
async fn whether_there_is_an_account_is_not_looked_up_before_the_answer() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut client = suite.database.connect().await;
    let lock = client.transaction().await.unwrap();
    lock.batch_execute("LOCK auth.accounts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    for email in [ann.email.as_str(), "stranger@example.org"] {
        request_reset(&suite, email).await.unwrap();
    }
    lock.rollback().await.unwrap();
    suite.mail.next(&ann.email).await;
}

#[tokio::test]
async fn asking_changes_nothing_by_itself() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    request_reset(&suite, &ann.email).await.unwrap();
    suite.mail.next(&ann.email).await;
    login(&suite, &ann.email, PASSWORD).await.unwrap();
    assert!(is_accepted(&suite, &ann.token).await);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let suite = Suite::start().await;
    for email in ["", "ann", "a\0nn@example.org", &format!("{}@example.org", "a".repeat(250))] {
        assert_eq!(invalid_field(request_reset(&suite, email).await), "email", "{email:?}");
    }
}
