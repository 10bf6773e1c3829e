//! What bounds a request: its size, its time, and how many there are.

use connectus_testkit::{Answer, Database, Options, Suite};
use reqwest::Method;
use serde_json::json;

use crate::{
    support::{ENCODINGS, Encoding, Target, raw, with},
    targets::with_bodies,
};

const MIB: usize = 1024 * 1024;

/// A login of so many bytes.
fn login_of(length: usize) -> String {
    let text = format!("{{\"id\": \"a\", \"password\": \"b\", \"unknown\": \"{}\"}}", "x".repeat(length - 43));
    assert_eq!(text.len(), length);
    text
}

/// The same request in pieces, which do not say how many there will be.
fn in_chunks(body: &str) -> Vec<u8> {
    let mut request = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for piece in body.as_bytes().chunks(10_000) {
        request.extend(format!("{:x}\r\n", piece.len()).bytes().chain(piece.iter().copied()).chain(*b"\r\n"));
    }
    request.extend(b"0\r\n\r\n");
    request
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_read_and_a_larger_one_is_not() {
    let suite = Suite::start().await;
    let login = Target::post("/v1/auth/login");
    for (length, (status, code)) in [(MIB, (400, 3101)), (MIB + 1, (413, 4130)), (3 * MIB, (413, 4130))] {
        let body = login_of(length);
        let answer = raw(&suite, &in_chunks(&body)).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{length} in chunks: {answer}");
        assert!(answer.contains(&format!("{{\"error\":{{\"code\":{code},")), "{length} in chunks: {answer}");
        let answer = login.send_bytes(&suite.api, "application/json", body).await;
        assert_eq!((answer.status, answer.error().1), (status, code), "{length}");
    }
}

#[tokio::test]
async fn no_route_reads_a_larger_body() {
    let suite = Suite::start().await;
    let filler = "x".repeat(MIB);
    for route in with_bodies(&suite).await {
        // They are read in one place: one route shows it for all encodings.
        let encodings = if route.answers_pages() { &ENCODINGS[..] } else { &ENCODINGS[..1] };
        for encoding in encodings {
            let answer = route.target.send(&suite.api, *encoding, &json!({"unknown": filler})).await;
            assert_eq!(answer.status, 413, "{encoding:?} {:?}: {answer:?}", route.target);
            assert!(route.answers_pages() || answer.error().1 == 4130);
        }
    }
}

#[tokio::test]
async fn no_text_is_so_long_that_it_is_a_fault() {
    let suite = Suite::start().await;
    for route in with_bodies(&suite).await {
        for name in route.body.as_object().unwrap().iter().filter(|(_, value)| value.is_string()).map(|(name, _)| name)
        {
            let body = with(&route.body, &json!({name: "x".repeat(300 * 1024)}));
            let answer = route.target.send(&suite.api, Encoding::Json, &body).await;
            let is_type = name == "type" && answer.error().1 == 3200;
            assert!(is_type || matches!(answer.status, 400 | 404 | 413), "{name} to {:?}: {answer:?}", route.target);
        }
    }
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_of_its_body_is_answered() {
    let suite = Suite::with(Options { gateway: vec!["--request-timeout=1"], ..Options::default() }).await;
    let half = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: slow\r\n\
        Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":";
    let answer = raw(&suite, half).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.ends_with(r#"{"error":{"code":4080,"message":"The request took too long."}}"#), "{answer}");
    assert!(answer.contains("x-request-id: slow\r\n"), "{answer}");
    let half = b"POST /connectus.auth.v1.AuthService/Login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
        Content-Type: application/grpc-web+proto\r\nContent-Length: 100\r\n\r\n\0";
    let answer = raw(&suite, half).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("grpc-status: 4\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/grpc-web+proto\r\n"), "{answer}");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_a_gateway_timeout_with_the_routes_own_code() {
    let suite = Suite::with(Options { gateway: vec!["--request-timeout=1"], ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let locker = suite.database.connect().await;
    locker.batch_execute("BEGIN; LOCK TABLE account.accounts, auth.accounts IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let login = json!({"id": ann.email, "password": "x"});
    let path = format!("/v1/accounts/{}", ann.id);
    let (account, login) = futures::join!(suite.api.get(&path, None), suite.api.post("/v1/auth/login", None, &login));
    for (answer, code) in [(account, 4001), (login, 3100)] {
        assert_eq!(answer.error(), (504, code, "Internal server error.".to_owned()));
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=10).contains(&wait), "{wait}");
    }
    locker.batch_execute("ROLLBACK").await.unwrap();
    suite.api.get(&path, None).await.ok();
}

#[tokio::test]
async fn a_fault_of_the_database_is_the_routes_internal_error_and_its_cause_stays_inside() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    suite.database.execute("ALTER TABLE account.profiles RENAME TO gone").await;
    let answer = suite.api.get("/v1/profile", Some(&ann.token)).await;
    assert_eq!(answer.error(), (500, 4001, "Internal server error.".to_owned()));
    assert_eq!(answer.header("retry-after"), None, "trying again does not help");
    assert!(!answer.text.contains("profiles") && !format!("{:?}", answer.headers).contains("profiles"), "{answer:?}");
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable_with_the_routes_own_code() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let path = format!("/v1/accounts/{}", ann.id);
    let name: String = suite.database.value("SELECT current_database()::text").await;
    // A database is not closed from within.
    let outside = Database::new().await;
    outside.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    suite.database.cut_off().await;
    let answer = suite.api.get(&path, None).await;
    assert_eq!(answer.error(), (503, 4001, "Internal server error.".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    outside.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    connectus_testkit::eventually("it is back", async || {
        (suite.api.get(&path, None).await.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_when_to_come_back() {
    let gateway = vec!["--rate-limit=1", "--cors-origins=https://app.example.org"];
    let suite = Suite::with(Options { gateway, rate_limited: true, ..Options::default() }).await;
    for _ in 0..5 {
        assert_eq!(suite.api.get("/v1/nothing", None).await.status, 404);
    }
    let request = suite.api.request(Method::GET, "/v1/account").header("x-request-id", "mine");
    let answer = Answer::of(request.header("origin", "https://app.example.org")).await;
    assert_eq!(answer.error(), (429, 4290, "Too many requests.".to_owned()));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("x-request-id"), Some("mine"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.org"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    for content_type in ["application/grpc-web", "application/grpc-web-text+proto"] {
        let call = Target::post("/connectus.auth.v1.AuthService/Login");
        let answer = call.send_bytes(&suite.api, content_type, "").await;
        assert_eq!((answer.status, answer.header("grpc-status")), (200, Some("8")), "{answer:?}");
        assert_eq!(answer.header("content-type"), Some(content_type));
    }
    // Whoever watches over the gateway is answered all the same.
    for probe in ["/healthz", "/readyz", "/metrics"].repeat(3) {
        assert_ne!(suite.api.get(probe, None).await.status, 429, "{probe}");
    }
    connectus_testkit::eventually("the next second", async || {
        (suite.api.get("/v1/nothing", None).await.status == 404).then_some(())
    })
    .await;
}

#[tokio::test]
async fn this_machine_is_not_limited_where_it_is_trusted() {
    let suite = Suite::with(Options { gateway: vec!["--rate-limit=1"], ..Options::default() }).await;
    for _ in 0..30 {
        assert_eq!(suite.api.get("/healthz", None).await.status, 200);
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_a_limit_of_its_own() {
    let gateway = vec!["--rate-limit=1", "--trusted-proxies=127.0.0.1"];
    let suite = Suite::with(Options { gateway, rate_limited: true, ..Options::default() }).await;
    let status_for = async |client: &str| {
        let request = suite.api.request(Method::GET, "/v1/nothing").header("x-forwarded-for", client);
        Answer::of(request).await.status
    };
    for _ in 0..5 {
        assert_eq!(status_for("192.0.2.1").await, 404);
    }
    assert_eq!(status_for("192.0.2.1").await, 429);
    assert_eq!(status_for("198.51.100.1, 192.0.2.1").await, 429, "what a client says of itself does not count");
    assert_eq!(status_for("192.0.2.2").await, 404);
}
