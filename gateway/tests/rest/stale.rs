//! How old an answer may be, which a request says as it would to any cache: with a replica that is held up, whose older words
//! tell that it answered.

use connectus_proto::account::v1::{GetAccountRequest, account_service_client::AccountServiceClient};
use connectus_testkit::{Answer, Behind, Person, Suite, patient};
use http::Method;
use serde_json::json;

/// What somebody or nobody is answered about a person.
async fn ask(suite: &Suite, path: &str, token: Option<&str>, cache_control: Option<&str>) -> String {
    let mut request = suite.api.request(Method::GET, path);
    if let Some(token) = token {
        request = request.header("x-access-token", token);
    }
    if let Some(value) = cache_control {
        request = request.header("cache-control", value);
    }
    let answer = Answer::of(request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "no cache keeps it");
    answer.text
}

async fn rename(suite: &Suite, person: &Person, word: &str) {
    let body = json!({"first_name": word});
    suite.api.call(Method::PATCH, "/v1/account", Some(&person.token), Some(&body)).await.ok();
}

#[tokio::test]
async fn who_has_written_sees_it_and_who_has_not_or_can_wait_is_answered_by_the_replica() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let ann = suite.user("Ann").await;
    rename(suite, &ann, "Before").await;
    behind.hold().await;
    rename(suite, &ann, "After").await;
    let (own, path, token) = ("/v1/account", format!("/v1/accounts/{}", ann.id), Some(ann.token.as_str()));
    for (path, token, cache_control, expected) in [
        (path.as_str(), None, None, "Before"),
        (own, token, None, "After"),
        (&path, token, None, "After"),
        (&path, None, Some("no-cache"), "After"),
        (&path, None, Some("max-stale=0"), "After"),
        (&path, token, Some("max-stale=60"), "Before"),
        (own, token, Some("max-stale"), "Before"),
    ] {
        let answer = ask(suite, path, token, cache_control).await;
        assert!(answer.contains(expected), "{path} {cache_control:?}: {answer}");
    }
    let request = || ann.asks(GetAccountRequest { account_id: "me".to_owned() });
    let mut grpc = AccountServiceClient::new(suite.gateway_channel());
    for (request, expected) in [(request(), "After"), (patient(request()), "Before")] {
        let answer = format!("{:?}", grpc.get_account(request).await.unwrap().into_inner());
        assert!(answer.contains(expected), "{answer}");
    }
}

#[tokio::test]
async fn what_changes_something_looks_at_nothing_old_whatever_it_says() {
    let behind = Behind::start().await;
    let suite = &behind.suite;
    let ann = suite.user("Ann").await;
    behind.hold().await;
    // The replica has not heard of it.
    let acme = suite.organization("Acme").await;
    let body =
        json!({"name": "Soup", "description": "Served.", "hours": 2, "organization": acme.id, "email_verify": false});
    let request = suite.api.request(Method::POST, "/v1/experiences").header("x-access-token", &ann.token);
    Answer::of(request.header("cache-control", "max-stale=60").json(&body)).await.ok();
}
