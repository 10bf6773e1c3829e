//! The page `/v1/notifications/unsubscribe/:token`, and one click in a mail program (RFC 8058).

use connectus_testkit::{Answer, Options, Person, Suite};
use reqwest::Method;
use serde_json::json;

use crate::support::assert_page;

async fn turn_on(suite: &Suite, person: &Person) {
    let wanted = json!({"email_notifications": true});
    suite.api.call(Method::PATCH, "/v1/settings", Some(&person.token), Some(&wanted)).await.ok();
}

async fn is_on(suite: &Suite, person: &Person) -> bool {
    suite.api.get("/v1/settings", Some(&person.token)).await.ok()["email_notifications"].as_bool().unwrap()
}

/// The path of the link in a mail about a notification, which its headers have too.
async fn mailed_path(suite: &Suite, ann: &Person, ben: &Person) -> String {
    turn_on(suite, ann).await;
    let path = format!("/v1/accounts/{}/request_connection", ann.id);
    suite.api.post(&path, Some(&ben.token), &json!({"content": "Hello"})).await.ok();
    let mail = suite.mail.next_about(&ann.email, "Ben asks to connect with you").await;
    let url = mail.header("List-Unsubscribe").expect("a header").trim_matches(['<', '>']).to_owned();
    assert!(mail.text.contains(&url) && mail.html.contains(&url));
    assert_eq!(mail.header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    url.strip_prefix(suite.api.url()).expect("it leads to the gateway").to_owned()
}

#[tokio::test]
async fn reading_the_page_changes_nothing_and_its_button_ends_the_mails() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let path = mailed_path(&suite, &ann, &ben).await;
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(suite.api.call(method, &path, None, None).await.status, 200);
    }
    let page = suite.api.get(&path, None).await;
    assert_page(&page, 200, "<form method=\"post\"");
    assert!(!page.text.contains(" action="), "the form goes to the page's own address: {}", page.text);
    assert!(is_on(&suite, &ann).await);
    let button = suite.api.request(Method::POST, &path).form(&[] as &[(&str, &str)]);
    assert_page(&Answer::of(button).await, 200, "No more mails about notifications");
    assert!(!is_on(&suite, &ann).await);
}

#[tokio::test]
async fn one_click_in_a_mail_program_does_too_however_it_is_sent_and_as_often_as_it_is() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let path = mailed_path(&suite, &ann, &ben).await;
    let post = || suite.api.request(Method::POST, &path);
    let (name, value) = ("List-Unsubscribe", "One-Click");
    let multipart = reqwest::multipart::Form::new().text(name, value);
    for request in [post().form(&[(name, value)]), post().multipart(multipart), post()] {
        turn_on(&suite, &ann).await;
        assert_eq!(Answer::of(request).await.status, 200);
        assert!(!is_on(&suite, &ann).await);
    }
    assert_eq!(Answer::of(post()).await.status, 200, "again");
}

#[tokio::test]
async fn a_token_that_is_none_ends_nothing() {
    let suite = Suite::with(Options { site_url: Some("https://site.test".to_owned()), ..Options::default() }).await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let path = mailed_path(&suite, &ann, &ben).await;
    for bad in [path[..path.len() - 1].to_owned(), format!("{path}x"), path.to_lowercase()] {
        let answer = suite.api.call(Method::POST, &bad, None, None).await;
        assert_page(&answer, 404, "This link is invalid");
    }
    assert!(is_on(&suite, &ann).await);
    let answer = suite.api.call(Method::POST, &path, None, None).await;
    assert_page(&answer, 200, "https://site.test");
}
