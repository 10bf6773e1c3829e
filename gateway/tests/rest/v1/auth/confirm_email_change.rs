//! The page `/v1/auth/confirm-email-change/:token`.

use connectus_testkit::{Answer, Options, PASSWORD, Person, Suite};
use reqwest::Method;
use serde_json::json;

use crate::support::assert_page;

const NEW: &str = "new@example.org";
const INVALID: &str = "This link is invalid, has expired, or was used already.";

/// Changes somebody's address, and returns the path of the link that the new one is mailed.
async fn mailed_path(suite: &Suite, person: &Person) -> String {
    let body = json!({"password": PASSWORD, "email": NEW});
    suite.api.post("/v1/auth/change-email", Some(&person.token), &body).await.ok();
    let link = suite.mail.next(NEW).await.link().to_owned();
    let path = link.strip_prefix(suite.api.url()).expect("the link leads to the gateway").to_owned();
    assert!(path.starts_with("/v1/auth/confirm-email-change/"), "{path}");
    path
}

/// Presses the button of a page.
async fn press(suite: &Suite, path: &str) -> Answer {
    Answer::of(suite.api.request(Method::POST, path).form(&[] as &[(&str, &str)])).await
}

/// The code that a login is answered with.
async fn login_code(suite: &Suite, email: &str) -> u64 {
    suite.api.post("/v1/auth/login", None, &json!({"id": email, "password": PASSWORD})).await.error().1
}

#[tokio::test]
async fn reading_the_page_changes_nothing_and_its_button_confirms_the_change_once() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    for method in [Method::GET, Method::HEAD, Method::GET] {
        assert_eq!(suite.api.call(method, &path, None, None).await.status, 200);
    }
    let page = suite.api.get(&path, None).await;
    assert_page(&page, 200, "<form method=\"post\"");
    assert!(page.text.contains("<button>Use this address</button>"), "{}", page.text);
    assert!(!page.text.contains(" action="), "the form goes to the page's own address: {}", page.text);
    assert_eq!(login_code(&suite, &ann.email).await, 3102, "it is being changed still");
    assert_eq!(login_code(&suite, NEW).await, 3101, "nobody has it yet");
    let page = press(&suite, &path).await;
    assert_page(&page, 200, "Your account has this address now");
    assert!(!page.text.contains("Go on"), "there is no site to go on to");
    suite.login(NEW, PASSWORD).await;
    assert_eq!(login_code(&suite, &ann.email).await, 3101, "the old address is nobody's");
    assert_page(&press(&suite, &path).await, 404, INVALID);
    suite.login(NEW, PASSWORD).await;
}

#[tokio::test]
async fn a_link_of_a_change_that_was_undone_is_invalid() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    let undo = suite.mail.next(&ann.email).await.token().to_owned();
    suite.api.post("/v1/auth/undo-email-change", None, &json!({"token": undo})).await.ok();
    assert_page(&press(&suite, &path).await, 404, INVALID);
    assert_eq!(login_code(&suite, NEW).await, 3101);
}

#[tokio::test]
async fn a_link_that_is_none_is_said_to_be_invalid() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let long = "x".repeat(5000);
    for token in ["x", "a.b.c", "%00", "%ff", "%3Cscript%3E", &ann.token, &long] {
        let page = press(&suite, &format!("/v1/auth/confirm-email-change/{token}")).await;
        assert_page(&page, 404, INVALID);
    }
}

#[tokio::test]
async fn a_link_of_an_account_that_is_gone_says_so() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    suite.database.execute(&format!("DELETE FROM auth.accounts WHERE id = '{}'", ann.id)).await;
    assert_page(&press(&suite, &path).await, 404, "What this link was for does not exist any more.");
}

#[tokio::test]
async fn a_broken_database_is_said_on_a_page_and_the_link_works_later() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    suite.database.execute("ALTER TABLE auth.mail_links RENAME TO gone").await;
    assert_page(&press(&suite, &path).await, 500, "Something went wrong on our side.");
    suite.database.execute("ALTER TABLE auth.gone RENAME TO mail_links").await;
    assert_page(&press(&suite, &path).await, 200, "Your account has this address now");
}

#[tokio::test]
async fn the_page_sends_people_on_to_the_site() {
    let site_url = Some("https://app.example.org".to_owned());
    let suite = Suite::with(Options { site_url, ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let path = mailed_path(&suite, &ann).await;
    assert_page(&press(&suite, &path).await, 200, "href=\"https://app.example.org\"");
}
