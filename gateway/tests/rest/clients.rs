//! Whose request it is, as the services are told, and what nobody can say of themselves.

use connectus_proto::auth::v1::{LoginRequest, LoginResponse, auth_service_client::AuthServiceClient};
use connectus_testkit::{Answer, Options, PASSWORD, Person, Suite};
use prost::Message;
use reqwest::Method;
use serde_json::{Value, json};

/// What strangers may try in order to be somebody else, somewhere else.
const DISGUISE: [(&str, &str); 4] = [
    ("x-forwarded-for", "203.0.113.9"),
    ("x-connectus-client-address", "203.0.113.9"),
    ("x-connectus-device", "Disguise/1"),
    ("forwarded", "for=203.0.113.9"),
];

async fn behind_a_proxy() -> Suite {
    Suite::with(Options { gateway: vec!["--trusted-proxies=127.0.0.1"], ..Options::default() }).await
}

/// Logs somebody in with headers, and returns the token.
async fn login(suite: &Suite, person: &Person, headers: &[(&str, &str)]) -> String {
    let request = suite.api.request(Method::POST, "/v1/auth/login");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = Answer::of(request.json(&json!({"id": person.email, "password": PASSWORD}))).await.ok();
    answer["token"].as_str().unwrap().to_owned()
}

/// The address and the device of the session that a token is of.
async fn session(suite: &Suite, token: &str) -> (String, String) {
    let sessions = suite.api.get("/v1/auth/sessions", Some(token)).await.ok();
    let own = sessions.as_array().unwrap().iter().find(|session| session["is_current"] == true).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&own["address"]), text(&own["device"]))
}

fn seen(address: &str, device: &str) -> (String, String) {
    (address.to_owned(), device.to_owned())
}

#[tokio::test]
async fn behind_a_trusted_proxy_it_is_whom_the_proxy_names() {
    let suite = behind_a_proxy().await;
    let ann = suite.user("Ann").await;
    for (forwarded, address) in [("192.0.2.7", "192.0.2.7"), ("203.0.113.9, 2001:db8::7", "2001:db8::7")] {
        let token = login(&suite, &ann, &[("x-forwarded-for", forwarded), ("user-agent", "Firefox/150.0")]).await;
        assert_eq!(session(&suite, &token).await, seen(address, "Firefox/150.0"));
    }
    let token = login(&suite, &ann, &[("user-agent", "Firefox/150.0")]).await;
    assert_eq!(session(&suite, &token).await, seen("127.0.0.1", "Firefox/150.0"), "the proxy itself");
}

#[tokio::test]
async fn a_stranger_is_who_the_network_says() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let headers = [&DISGUISE[..], &[("user-agent", "curl/8.5")]].concat();
    let token = login(&suite, &ann, &headers).await;
    assert_eq!(session(&suite, &token).await, seen("127.0.0.1", "curl/8.5"));
}

#[tokio::test]
async fn what_a_device_says_of_itself_is_kept_short_and_plain() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let long = format!("é{}", "x".repeat(1000));
    let token = login(&suite, &ann, &[("user-agent", &long)]).await;
    assert_eq!(session(&suite, &token).await, seen("127.0.0.1", &"x".repeat(200)));
}

#[tokio::test]
async fn calls_over_grpc_are_whose_they_are_too() {
    let suite = behind_a_proxy().await;
    let ann = suite.user("Ann").await;
    let mut request = tonic::Request::new(LoginRequest { id: ann.email, password: PASSWORD.to_owned() });
    for (name, value) in [
        ("x-forwarded-for", "203.0.113.9, 192.0.2.7"),
        ("x-connectus-client-address", "203.0.113.9"),
        ("x-connectus-device", "Disguise/1"),
    ] {
        request.metadata_mut().insert(name, value.parse().unwrap());
    }
    let answer = AuthServiceClient::new(suite.gateway_channel()).login(request).await.unwrap().into_inner();
    let (address, device) = session(&suite, &answer.access_token).await;
    assert_eq!(address, "192.0.2.7");
    assert!(device.starts_with("tonic/"), "{device}");
}

#[tokio::test]
async fn a_browser_over_grpc_web_is_who_the_network_says() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let message = LoginRequest { id: ann.email, password: PASSWORD.to_owned() }.encode_to_vec();
    let frame = [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat();
    let request = suite.api.request(Method::POST, "/connectus.auth.v1.AuthService/Login");
    let request = DISGUISE.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.header("content-type", "application/grpc-web+proto").header("user-agent", "Firefox/150.0");
    let bytes = request.header("x-user-agent", "connect-es/2").body(frame).send().await.unwrap().bytes().await.unwrap();
    let length = u32::from_be_bytes(bytes[1..5].try_into().unwrap()) as usize;
    let answer = LoginResponse::decode(&bytes[5..5 + length]).unwrap();
    assert_eq!(session(&suite, &answer.access_token).await, seen("127.0.0.1", "Firefox/150.0"));
}
