//! `POST /v1/request-password-reset`.

use connectus_testkit::{Options, Suite};
use serde_json::json;

use crate::support::{ENCODINGS, Encoding, Target};

fn request() -> Target {
    Target::post("/v1/request-password-reset")
}

#[tokio::test]
async fn the_answer_is_the_same_for_everybody_and_the_mail_goes_to_whom_it_concerns() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for encoding in ENCODINGS {
        for email in ["nobody@example.org", &ann.email] {
            let answer = request().send(&suite.api, encoding, &json!({"email": email, "unknown": "x"})).await;
            assert_eq!(answer.ok(), json!({"message": "200 - OK"}));
        }
        let link = suite.mail.next(&ann.email).await.link().to_owned();
        assert!(link.starts_with(&format!("{}/password-reset/", suite.api.url())), "{link}");
    }
    assert!(suite.mail.received().is_empty(), "nobody else got a mail");
}

#[tokio::test]
async fn the_link_leads_to_the_site_where_there_is_one() {
    let site_url = Some("https://app.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    request().send(&suite.api, Encoding::Json, &json!({"email": ann.email})).await.ok();
    let mail = suite.mail.next(&ann.email).await;
    assert!(mail.link().starts_with("https://app.example.org/password-reset/"), "{}", mail.link());
}

#[tokio::test]
async fn what_is_no_address_is_a_bad_request() {
    let suite = Suite::start().await;
    for email in [json!("ann"), json!(""), json!(null), json!(["a@b.co"])] {
        let answer = request().send(&suite.api, Encoding::Json, &json!({"email": email})).await;
        assert_eq!(answer.error(), (400, 4050, "Bad request.".to_owned()));
        assert_eq!(answer.header("x-error-field"), Some("email"));
    }
}
