//! `Idempotency-Key`: what is sent twice is done once.

use std::time::Duration;

use connectus_proto::experience::v1::{
    CreateExperienceRequest, ExperienceDetails, experience_service_client::ExperienceServiceClient,
};
use connectus_testkit::{Answer, PASSWORD, Person, Suite, eventually};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{
    support::{ENCODINGS, Encoding, Target, assert_page, with},
    targets::with_bodies,
};

const KEY: &str = "0193e0d2-5f1c-7aa1-9c1e-0242ac120002";
const REUSED: (u16, u64, &str) = (422, 4220, "This idempotency key was used with another request.");
const IN_USE: (u16, u64, &str) = (409, 4090, "The first request with this idempotency key is still being worked on.");

fn create(person: &Person) -> Target {
    Target::new(Method::POST, "/v1/experiences", Some(&person.token))
}

fn experience() -> Value {
    json!({"name": "Soup", "description": "Cooked it", "email_verify": false, "hours": 3, "when": {"begin": "May"}})
}

fn with_key(target: &Target, suite: &Suite, key: &str) -> RequestBuilder {
    target.request(&suite.api).header("idempotency-key", key)
}

async fn send(suite: &Suite, target: &Target, key: &str, encoding: Encoding, body: &Value) -> Answer {
    Answer::of(encoding.write(with_key(target, suite, key), body)).await
}

fn assert_error(answer: &Answer, (status, code, message): (u16, u64, &str)) {
    assert_eq!(answer.error(), (status, code, message.to_owned()));
}

#[tokio::test]
async fn a_repeat_in_whatever_encoding_gets_the_same_bytes_and_nothing_is_done_twice() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let first = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await;
    first.ok();
    for encoding in ENCODINGS {
        let again = send(&suite, &create(&ann), KEY, encoding, &experience()).await;
        assert_eq!((again.status, &again.text), (200, &first.text), "{encoding:?}");
    }
    let listed = suite.api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    create(&ann).send(&suite.api, Encoding::Json, &experience()).await.ok();
    let listed = suite.api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 2, "without a key it is another request");
}

#[tokio::test]
async fn a_login_that_is_sent_twice_begins_one_session() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let login = Target::post("/v1/auth/login");
    let body = json!({"id": ann.email, "password": PASSWORD});
    let (first, again) = (
        send(&suite, &login, KEY, Encoding::Json, &body).await,
        send(&suite, &login, KEY, Encoding::Urlencoded, &body).await,
    );
    assert_eq!(first.ok()["token"], again.ok()["token"]);
    let sessions = suite.api.get("/v1/auth/sessions", Some(&ann.token)).await.ok();
    assert_eq!(sessions.as_array().unwrap().len(), 2, "this one, and that which she had");
}

#[tokio::test]
async fn a_refusal_that_states_a_fact_is_told_again() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let nobody = json!({"organization": "018f0000-0000-7000-8000-000000000001", "email_verify": false});
    let asks_nobody = with(&experience(), &nobody);
    for _ in 0..2 {
        let answer = send(&suite, &create(&ann), KEY, Encoding::Json, &asks_nobody).await;
        assert_error(&answer, (404, 4002, "Organization not found."));
    }
    let better = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await;
    assert_error(&better, REUSED);
}

#[tokio::test]
async fn a_request_that_was_never_good_uses_no_key_up() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let bad = with(&experience(), &json!({"name": " "}));
    for _ in 0..2 {
        let answer = send(&suite, &create(&ann), KEY, Encoding::Json, &bad).await;
        assert_error(&answer, (400, 4050, "Bad query format."));
        assert_eq!(answer.header("x-error-field"), Some("name"));
    }
    send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await.ok();
}

#[tokio::test]
async fn another_request_with_the_same_key_is_refused_and_not_done() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await.ok();
    for changes in [json!({"hours": 4}), json!({"name": "soup"}), json!({"opportunity": "x"})] {
        let answer = send(&suite, &create(&ann), KEY, Encoding::Json, &with(&experience(), &changes)).await;
        assert_error(&answer, REUSED);
        assert_eq!(answer.header("retry-after"), None, "trying again does not help");
    }
    let listed = suite.api.get("/v1/experiences", Some(&ann.token)).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_its_callers_own_and_counts_for_each_route_apart() {
    let suite = Suite::start().await;
    let (ann, ben) = (suite.user("Ann").await, suite.user("Ben").await);
    let first = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await.ok();
    let of_ben = send(&suite, &create(&ben), KEY, Encoding::Json, &experience()).await.ok();
    assert_ne!(first["id"], of_ben["id"]);
    let reset = Target::post("/v1/request-password-reset");
    send(&suite, &reset, KEY, Encoding::Json, &json!({"email": ann.email})).await.ok();
    suite.mail.next(&ann.email).await;
}

#[tokio::test]
async fn a_repeat_while_the_first_is_being_worked_on_is_told_to_come_back() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let locker = suite.database.connect().await;
    locker.batch_execute("BEGIN; LOCK TABLE experience.experiences IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let first = Encoding::Json.write(with_key(&create(&ann), &suite, KEY), &experience());
    let first = tokio::spawn(Answer::of(first));
    eventually("the key is claimed", async || {
        let claimed: i64 = suite.database.value("SELECT count(*) FROM experience.idempotency_keys").await;
        (claimed == 1).then_some(())
    })
    .await;
    let early = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await;
    assert_error(&early, IN_USE);
    assert_eq!(early.header("retry-after"), Some("1"));
    let other = send(&suite, &create(&ann), KEY, Encoding::Json, &with(&experience(), &json!({"hours": 4}))).await;
    assert_error(&other, REUSED);
    locker.batch_execute("ROLLBACK").await.unwrap();
    let first = first.await.unwrap();
    first.ok();
    let late = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await;
    assert_eq!((late.status, &late.text), (200, &first.text));
}

#[tokio::test]
async fn a_fault_is_not_kept_so_that_a_repeat_may_go_well() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("ALTER TABLE experience.experiences RENAME TO gone").await;
    let answer = send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await;
    assert_error(&answer, (500, 4001, "Internal server error."));
    suite.database.execute("ALTER TABLE experience.gone RENAME TO experiences").await;
    send(&suite, &create(&ann), KEY, Encoding::Json, &experience()).await.ok();
}

/// Every POST without a body.
const WITHOUT_A_BODY: [&str; 14] = [
    "/v1/accounts/x/accept_connection",
    "/v1/accounts/x/decline_connection",
    "/v1/accounts/x/remove_connection",
    "/v1/accounts/x/block",
    "/v1/accounts/x/unblock",
    "/v1/auth/logout",
    "/v1/auth/logout-everywhere",
    "/v1/communities/x/link",
    "/v1/communities/x/merges/x/undo",
    "/v1/notification/clear",
    "/v1/posts/x/like",
    "/v1/posts/x/unlike",
    "/v1/posts/x/share",
    "/v1/posts/x/unshare",
];
/// The same of the buttons of pages.
const BUTTONS: [&str; 3] =
    ["/v1/auth/confirm-email-change/x", "/v1/auth/undo-email-change/x", "/v1/notifications/unsubscribe/x"];

#[tokio::test]
async fn a_key_that_is_none_is_named_by_every_route() {
    let suite = Suite::start().await;
    let zoe = suite.user("Zoe").await;
    let posts = with_bodies(&suite).await.into_iter().filter(|route| route.target.method == Method::POST);
    let mut targets: Vec<_> = posts.map(|route| (route.target, Some(route.body))).collect();
    targets.extend(WITHOUT_A_BODY.map(|path| (Target::new(Method::POST, path, Some(&zoe.token)), None)));
    let documented = connectus_gateway::openapi_document();
    let posts = documented["paths"].as_object().unwrap().values().filter(|path| path["post"].is_object());
    let kinds: std::collections::BTreeSet<_> = targets.iter().map(|(target, _)| &target.path).collect();
    assert_eq!(kinds.len() + BUTTONS.len(), posts.count(), "each is tried: {kinds:?}");
    for key in ["", "two words", "é", &"x".repeat(256)] {
        for (target, body) in &targets {
            let request = body.iter().fold(with_key(target, &suite, key), RequestBuilder::json);
            let answer = Answer::of(request).await;
            if target.path.contains("email-approve") {
                assert_page(&answer, 400, "This answer is not understood.");
            } else {
                assert_eq!((answer.status, answer.error().1), (400, 4050), "{target:?}: {answer:?}");
            }
            assert_eq!(answer.header("x-error-field"), Some("idempotency-key"), "{target:?}");
        }
        for button in BUTTONS.map(Target::post) {
            let page = Answer::of(with_key(&button, &suite, key)).await;
            assert_page(&page, 400, "This answer is not understood.");
        }
    }
    suite.api.get("/v1/account", Some(&zoe.token)).await.ok();
}

#[tokio::test]
async fn the_longest_key_is_one() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let longest: String = ('!'..='~').cycle().take(255).collect();
    let first = send(&suite, &create(&ann), &longest, Encoding::Json, &experience()).await;
    let again = send(&suite, &create(&ann), &longest, Encoding::Json, &experience()).await;
    assert_eq!(first.ok(), again.ok());
}

#[tokio::test]
async fn methods_that_do_what_they_do_once_anyway_look_at_no_key() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for key in [KEY, "two words"] {
        for quote in ["one", "other"] {
            let target = Target::new(Method::PATCH, "/v1/profile", Some(&ann.token));
            send(&suite, &target, key, Encoding::Json, &json!({"quote": quote})).await.ok();
            assert_eq!(suite.api.get("/v1/profile", Some(&ann.token)).await.ok()["quote"], quote);
        }
        let target = Target::new(Method::GET, "/v1/account", Some(&ann.token));
        Answer::of(with_key(&target, &suite, key)).await.ok();
    }
}

#[tokio::test]
async fn calls_over_grpc_carry_a_key_too() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let mut client = ExperienceServiceClient::new(suite.gateway_channel());
    let mut call = async |name: &str, key: &str| {
        let details =
            ExperienceDetails { name: name.to_owned(), description: "x".to_owned(), ..ExperienceDetails::default() };
        let mut request = ann.asks(CreateExperienceRequest { details: Some(details), validator: None });
        request.metadata_mut().insert("idempotency-key", key.parse().unwrap());
        request.set_timeout(Duration::from_secs(5));
        client.create_experience(request).await.map(|answer| answer.into_inner().experience.unwrap().id)
    };
    let first = call("Soup", KEY).await.unwrap();
    assert_eq!(call("Soup", KEY).await.unwrap(), first);
    let reused = call("Choir", KEY).await.unwrap_err();
    assert_eq!(
        connectus_platform::status::reason(&reused),
        Some(connectus_proto::common::v1::ErrorReason::IdempotencyKeyReused)
    );
    let bad = call("Soup", "two words").await.unwrap_err();
    assert_eq!(connectus_platform::status::field_errors(&bad)[0].field, "idempotency-key");
}
