//! `POST /v1/auth/resend-verification`.

use connectus_testkit::{PASSWORD, Suite, people::user_registration};
use serde_json::json;

use crate::support::{ENCODINGS, Target, assert_page};

fn resend() -> Target {
    Target::post("/v1/auth/resend-verification")
}

#[tokio::test]
async fn the_answer_is_the_same_for_everybody_and_the_mail_goes_to_whoever_waits_for_it() {
    let suite = Suite::start().await;
    let ben = suite.user("Ben").await;
    suite.auth().register(user_registration("Ann")).await.unwrap();
    suite.mail.next("ann@example.org").await;
    for encoding in ENCODINGS {
        for email in ["nobody@example.org", &ben.email, "ANN@example.org"] {
            let answer = resend().send(&suite.api, encoding, &json!({"email": email, "unknown": "x"})).await;
            assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        }
        let link = suite.mail.next("ann@example.org").await.link().to_owned();
        assert!(link.contains("/v1/auth/verify-email/"), "{link}");
    }
    assert!(suite.mail.received().is_empty(), "nobody else got a mail");
}

#[tokio::test]
async fn the_link_verifies_the_address() {
    let suite = Suite::start().await;
    suite.auth().register(user_registration("Ann")).await.unwrap();
    suite.mail.next("ann@example.org").await;
    suite.api.post("/v1/auth/resend-verification", None, &json!({"email": "ann@example.org"})).await.ok();
    let link = suite.mail.next("ann@example.org").await.link().to_owned();
    let page = suite.api.get(link.strip_prefix(suite.api.url()).unwrap(), None).await;
    assert_page(&page, 200, "Your address is verified");
    suite.login("ann@example.org", PASSWORD).await;
}

#[tokio::test]
async fn what_is_no_address_is_named() {
    let suite = Suite::start().await;
    let cases = ["ann", "", "a@b@c.example.org"].map(|email| (json!({"email": email}), "email"));
    resend().refuses(&suite.api, &cases).await;
    resend().refuses(&suite.api, &[(json!({"email": null}), "email"), (json!({"email": ["a@b.co"]}), "email")]).await;
}
