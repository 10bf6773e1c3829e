//! `GET` and `POST /v1/experiences/email-approve/:token`.

use connectus_testkit::{Answer, Mail, Options, Person, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use super::{add, full, least, newest};
use crate::support::{ENCODINGS, Encoding, Target, assert_page, with};

const VALIDATOR: &str = "boss@example.org";

/// Writes an experience down that is confirmed by mail, and returns the mail.
async fn ask(suite: &Suite, person: &Person, body: &Value) -> Mail {
    add(suite, person, &with(body, &json!({"organization": VALIDATOR, "email_verify": true}))).await;
    suite.mail.next(VALIDATOR).await
}

fn path(mail: &Mail) -> String {
    format!("/v1/experiences/email-approve/{}", mail.token())
}

#[tokio::test]
async fn reading_the_page_changes_nothing_however_often() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mail = ask(&suite, &ann, &full()).await;
    let before = newest(&suite, &ann).await;
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(suite.api.call(method, &path(&mail), None, None).await.status, 200);
    }
    assert_eq!(newest(&suite, &ann).await, before);
    let page = suite.api.get(&path(&mail), None).await;
    for part in ["Ann", "Beach clean-up", "May 1st", "May 2nd", "12", "Two lines"] {
        assert_page(&page, 200, part);
    }
}

/// The fields that the buttons of a page's form send, in their order.
fn buttons(page: &Answer) -> Vec<(String, String)> {
    assert!(page.text.contains("<form method=\"post\""), "the form goes to the page's own address: {}", page.text);
    assert!(!page.text.contains(" action="), "{}", page.text);
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!(" {name}=\"")).expect(name) + name.len() + 3;
        tag[start..].split('"').next().unwrap().to_owned()
    };
    page.text.split("<button").skip(1).map(|tag| (attribute(tag, "name"), attribute(tag, "value"))).collect()
}

#[tokio::test]
async fn the_buttons_work_as_a_browser_sends_them() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for (button, is_verified, thanks) in
        [(0, true, "You have confirmed it."), (1, false, "You have declined it. It stays unconfirmed.")]
    {
        let mail = ask(&suite, &ann, &least()).await;
        let buttons = buttons(&suite.api.get(&path(&mail), None).await);
        assert_eq!(buttons.len(), 2);
        let form = suite.api.request(Method::POST, &path(&mail)).form(&[&buttons[button]]);
        assert_page(&Answer::of(form).await, 200, thanks);
        assert_eq!(newest(&suite, &ann).await["is_verified"], is_verified);
    }
}

#[tokio::test]
async fn a_link_decides_once_in_every_encoding() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for encoding in ENCODINGS {
        let mail = ask(&suite, &ann, &least()).await;
        let target = Target::post(path(&mail));
        assert_page(&target.send(&suite.api, encoding, &json!({"approve": true, "x": "y"})).await, 200, "Thank you");
        let again = target.send(&suite.api, encoding, &json!({"approve": false})).await;
        assert_page(&again, 404, "This link is invalid, has expired, or was used already.");
        assert_page(&suite.api.get(&path(&mail), None).await, 404, "This link is invalid");
        assert_eq!(newest(&suite, &ann).await["is_verified"], true);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_understood_decides_nothing() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mail = ask(&suite, &ann, &least()).await;
    let target = Target::post(path(&mail));
    for body in [json!({}), json!({"approve": null}), json!({"approve": "maybe"}), json!({"approve": 1})] {
        for encoding in ENCODINGS {
            let page = target.send(&suite.api, encoding, &body).await;
            assert_page(&page, 400, "This answer is not understood.");
        }
    }
    for (content_type, body) in [("application/json", "{"), ("application/x-www-form-urlencoded", "%ff=%ff")] {
        assert_page(&target.send_bytes(&suite.api, content_type, body).await, 400, "This answer is not understood.");
    }
    assert_page(&target.send_bytes(&suite.api, "text/plain", "approve=true").await, 415, "Unsupported content type.");
    target.send(&suite.api, Encoding::Json, &json!({"approve": true})).await;
    assert_eq!(newest(&suite, &ann).await["is_verified"], true);
}

#[tokio::test]
async fn a_link_that_is_none_is_said_to_be_invalid_on_a_page() {
    let suite = Suite::start().await;
    for token in ["x", "%00", "%ff", "%3Cscript%3E"] {
        let target = Target::post(format!("/v1/experiences/email-approve/{token}"));
        for page in [
            suite.api.get(&target.path, None).await,
            target.send(&suite.api, Encoding::Json, &json!({"approve": true})).await,
        ] {
            assert_page(&page, 404, "This link is invalid");
            assert!(!page.text.contains("<script>"), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn the_thanks_send_people_on_to_the_site() {
    let site_url = Some("https://app.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let mail = ask(&suite, &ann, &least()).await;
    let page = Target::post(path(&mail)).send(&suite.api, Encoding::Urlencoded, &json!({"approve": true})).await;
    assert_page(&page, 200, "href=\"https://app.example.org\"");
}

#[tokio::test]
async fn what_people_write_is_never_markup_in_pages_and_mails() {
    let suite = Suite::start().await;
    let hostile = "<script>alert(1)</script>&'\"{{x}}";
    let ann = suite.user("Ann").await;
    let name = hostile.replace('\'', "''");
    suite.database.execute(&format!("UPDATE account.accounts SET first_name = '{name}'")).await;
    let body = json!({
        "name": format!("{hostile}\nBcc: x@example.org"), "description": hostile,
        "when": {"begin": hostile, "end": hostile},
    });
    let mail = ask(&suite, &ann, &with(&least(), &body)).await;
    let page = suite.api.get(&path(&mail), None).await;
    assert_page(&page, 200, "alert(1)");
    for html in [&page.text, &mail.html] {
        assert!(!html.contains("<script") && html.contains("&#60;script&#62;"), "{html}");
    }
    assert!(mail.text.contains(hostile), "the plain text is as it was written");
    assert!(mail.subject.contains(hostile) && mail.subject.contains("Bcc: x@example.org"), "{}", mail.subject);
    assert_eq!(mail.to, VALIDATOR);
}
