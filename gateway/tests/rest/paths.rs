//! Paths and methods that lead nowhere.

use connectus_testkit::{Answer, Suite};
use reqwest::Method;
use serde_json::json;

const METHODS: [Method; 6] = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let suite = Suite::start().await;
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/account/",
        "/v1//account",
        "/V1/account",
        "/v1/accounts/x/nothing",
        "/v1/experiences/validations/x",
        "/v2/account",
        "/dev/mail",
        "/assets/../Cargo.toml",
        "/.env",
        "/connectus.auth.v1.AuthService/Login",
        "/connectus.auth.v1.AuthInternalService/PollAccess",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = suite.api.call(method, path, None, Some(&json!({}))).await;
            assert_eq!(answer.error(), (404, 4040, "Not found.".to_owned()), "{path}");
        }
    }
}

#[tokio::test]
async fn a_file_that_the_documentation_does_not_have_is_not_found() {
    let suite = Suite::start().await;
    for path in ["/docs/nothing.js", "/docs/x/index.css", "/docs/..%2findex.css"] {
        assert_eq!(suite.api.get(path, None).await.error(), (404, 4040, "Not found.".to_owned()), "{path}");
    }
}

/// Each path of the published API, with the methods that it has.
fn paths() -> Vec<(String, Vec<Method>)> {
    let document = connectus_gateway::openapi_document();
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys().map(|name| name.to_uppercase().parse().unwrap());
            (path.replace(['{', '}'], ""), methods.collect())
        })
        .collect()
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_not_allowed() {
    let suite = Suite::start().await;
    for (path, allowed) in paths() {
        let others = METHODS.iter().filter(|method| !allowed.contains(method));
        let custom: Method = "BREW".parse().unwrap();
        for method in others.filter(|method| **method != Method::HEAD).chain([&custom]) {
            let answer = suite.api.call(method.clone(), &path, None, None).await;
            assert_eq!(answer.error(), (405, 4045, "Method not allowed.".to_owned()), "{method} {path}");
            let mut named: Vec<_> = answer.header("allow").expect("Allow").split(',').map(str::trim).collect();
            named.retain(|name| *name != "HEAD");
            named.sort_unstable();
            let mut expected: Vec<_> = allowed.iter().map(Method::as_str).collect();
            expected.sort_unstable();
            assert_eq!(named, expected, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_allowed_is_said_before_a_token_is_looked_for() {
    let suite = Suite::start().await;
    let answer = Answer::of(suite.api.request(Method::POST, "/v1/account")).await;
    assert_eq!((answer.error().1, answer.header("allow")), (4045, Some("GET,HEAD,PATCH")));
    for path in
        ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs/", "/.well-known/jwks.json", "/assets/style.css"]
    {
        let answer = suite.api.post(path, None, &json!({})).await;
        assert_eq!((answer.error().1, answer.header("allow")), (4045, Some("GET,HEAD")), "{path}");
    }
}

#[tokio::test]
async fn the_same_is_served_over_http_2() {
    let suite = Suite::start().await;
    let client = reqwest::Client::builder().http2_prior_knowledge().build().unwrap();
    for (path, status) in [("/healthz", 200), ("/v1/account", 401), ("/nothing", 404)] {
        let response = client.get(format!("{}{path}", suite.api.url())).send().await.unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (reqwest::Version::HTTP_2, status), "{path}");
    }
}

#[tokio::test]
async fn a_look_at_the_headers_gets_those_and_no_body() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    for path in ["/v1/account", "/v1/experiences", "/healthz", "/openapi.json", "/docs/"] {
        let (get, head) = futures::join!(
            suite.api.get(path, Some(&ann.token)),
            suite.api.call(Method::HEAD, path, Some(&ann.token), None)
        );
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(get.header("content-type"), head.header("content-type"), "{path}");
    }
}
