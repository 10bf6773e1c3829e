//! The headers of every kind of answer: the request's id, security, CORS, compression.

use connectus_testkit::{Answer, Options, Suite};
use reqwest::Method;

use crate::support::Target;

const ALLOWED: &str = "https://app.example.org";

async fn with_origins() -> Suite {
    let gateway = vec!["--cors-origins=https://app.example.org,http://localhost:3000"];
    Suite::with(Options { gateway, ..Options::default() }).await
}

/// A request for each kind of answer.
fn kinds() -> Vec<(Target, Option<&'static str>, u16)> {
    let get = |path: &str| Target::new(Method::GET, path, None);
    vec![
        (get("/healthz"), None, 200),
        (get("/metrics"), None, 200),
        (get("/openapi.json"), None, 200),
        (get("/.well-known/jwks.json"), None, 200),
        (get("/assets/style.css"), None, 200),
        (get("/docs/"), None, 200),
        (get("/docs"), None, 308),
        (get("/password-reset/x"), None, 200),
        (get("/v1/account"), None, 401),
        (get("/v1/accounts/x"), None, 404),
        (get("/v1/accounts/507f1f77bcf86cd799439011/avatar.svg"), None, 200),
        (get("/v1/auth/verify-email/x"), None, 404),
        (get("/nothing"), None, 404),
        (Target::post("/v1/account"), None, 405),
        (Target::post("/v1/auth/login"), Some("application/json"), 400),
        (Target::post("/v1/auth/login"), Some("text/plain"), 415),
        (Target::post("/v1/request-password-reset"), Some("application/x-www-form-urlencoded"), 400),
        (Target::post("/connectus.auth.v1.AuthService/Nothing"), Some("application/grpc-web+proto"), 200),
        (Target::post("/connectus.auth.v1.AuthInternalService/PollAccess"), Some("application/grpc-web-text"), 200),
    ]
}

/// Sends each of them with some headers.
async fn answers(suite: &Suite, headers: &[(&str, &str)]) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    for (target, content_type, status) in kinds() {
        let mut request = target.request(&suite.api);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type).body("{");
        }
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = Answer::of(request).await;
        let name = format!("{} {} {content_type:?}", target.method, target.path);
        assert_eq!(answer.status, status, "{name}: {answer:?}");
        answers.push((name, answer));
    }
    // A body that is too large.
    let request = headers.iter().fold(
        suite.api.request(Method::POST, "/v1/auth/login").header("content-type", "application/json"),
        |request, (name, value)| request.header(*name, *value),
    );
    let answer = Answer::of(request.body(vec![b' '; 1024 * 1024 + 1])).await;
    assert_eq!(answer.status, 413);
    answers.push(("a large body".to_owned(), answer));
    answers
}

#[tokio::test]
async fn a_sane_request_id_is_kept_on_every_answer() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    let longest = "x".repeat(64);
    for id in ["a", "Req-1_2.3", &longest] {
        for (name, answer) in answers(&suite, &[("x-request-id", id)]).await {
            assert_eq!(answer.header("x-request-id"), Some(id), "{name}");
        }
    }
}

#[tokio::test]
async fn any_other_request_id_is_replaced_on_every_answer() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    let long = "x".repeat(65);
    let mut seen = std::collections::HashSet::new();
    for id in ["", "a b", "a\"b", "é", "a;b", &long] {
        for (name, answer) in answers(&suite, &[("x-request-id", id)]).await {
            let new = answer.header("x-request-id").unwrap_or_else(|| panic!("{name} has none")).to_owned();
            assert!(new != id && new.len() == 32 && new.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}: {new}");
            assert!(seen.insert(new), "{name}: each request has its own");
        }
    }
}

#[tokio::test]
async fn browsers_are_told_to_be_careful_with_every_answer() {
    let suite = Suite::start().await;
    suite.user("Ann").await;
    for (name, answer) in answers(&suite, &[]).await {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{name}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{name}: {policy}");
        assert!(!policy.contains("script-src"), "{name}: {policy}");
        assert!(name.contains("/docs") || policy.starts_with("default-src 'none'"), "{name}: {policy}");
        assert_eq!(answer.header("strict-transport-security"), None, "{name}: there is no TLS to insist on");
        let cache = answer.header("cache-control");
        let is_public = ["style.css", "jwks", "avatar.svg"].iter().any(|public| name.contains(public));
        let has_body = answer.header("content-type").is_some();
        assert!(is_public || !has_body || cache == Some("no-store"), "{name}: {cache:?}");
    }
}

async fn preflight(suite: &Suite, origin: &str, method: &str, headers: &str) -> Answer {
    let request = suite.api.request(Method::OPTIONS, "/v1/account").header("origin", origin);
    let request = request.header("access-control-request-method", method);
    Answer::of(request.header("access-control-request-headers", headers)).await
}

#[tokio::test]
async fn a_browser_on_an_allowed_origin_may_call() {
    let suite = with_origins().await;
    for origin in [ALLOWED, "http://localhost:3000"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer = preflight(&suite, origin, method, "x-access-token, content-type").await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            let list = |name: &str| answer.header(name).unwrap_or_default().to_ascii_lowercase();
            let (methods, headers) = (list("access-control-allow-methods"), list("access-control-allow-headers"));
            assert!(methods.split(',').any(|name| name.eq_ignore_ascii_case(method)), "{methods}");
            for name in [
                "x-access-token",
                "authorization",
                "cache-control",
                "content-type",
                "idempotency-key",
                "x-grpc-web",
                "x-user-agent",
                "grpc-timeout",
            ] {
                assert!(headers.split(',').any(|header| header == name), "{name}: {headers}");
            }
            assert!(!headers.contains("x-connectus"), "nobody says who they are: {headers}");
            assert_eq!(answer.header("access-control-max-age"), Some("3600"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
    }
}

#[tokio::test]
async fn a_browser_on_a_foreign_origin_may_not() {
    let suite = with_origins().await;
    for origin in ["https://evil.example.org", "https://app.example.org.evil.org", "http://app.example.org", "null"] {
        let answer = preflight(&suite, origin, "GET", "x-access-token").await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
        for (name, answer) in answers(&suite, &[("origin", origin)]).await {
            assert_eq!(answer.header("access-control-allow-origin"), None, "{origin} {name}");
        }
    }
    let closed = Suite::start().await;
    let answer = preflight(&closed, ALLOWED, "GET", "x-access-token").await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "nobody may where nobody was allowed to");
}

#[tokio::test]
async fn a_browser_can_read_every_answer_refusals_too() {
    let suite = with_origins().await;
    suite.user("Ann").await;
    for (name, answer) in answers(&suite, &[("origin", ALLOWED)]).await {
        assert_eq!(answer.header("access-control-allow-origin"), Some(ALLOWED), "{name}");
        assert!(answer.headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("origin")), "{name}");
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        for header in [
            "grpc-status",
            "grpc-message",
            "grpc-status-details-bin",
            "x-next-cursor",
            "x-request-id",
            "retry-after",
            "x-error-field",
        ] {
            assert!(exposed.split(',').any(|name| name == header), "{name} hides {header}: {exposed}");
        }
    }
}

#[tokio::test]
async fn long_answers_are_compressed_for_whoever_can_read_it() {
    let suite = Suite::start().await;
    let plain = suite.api.get("/openapi.json", None).await;
    assert_eq!(plain.header("content-encoding"), None);
    let request = suite.api.request(Method::GET, "/openapi.json").header("accept-encoding", "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.headers().get_all("vary").iter().any(|vary| vary == "accept-encoding"));
    let bytes = response.bytes().await.unwrap();
    assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() * 4 < plain.text.len(), "{} bytes", bytes.len());
}
