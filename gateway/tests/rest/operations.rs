//! What operators and other systems ask.

use connectus_testkit::{Options, Server, Suite, eventually};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_suite_that_runs_is_alive_and_ready() {
    let suite = Suite::start().await;
    assert_eq!(suite.api.get("/healthz", None).await.ok(), json!({"status": "ok"}));
    let ready = eventually("the suite is ready", async || {
        let answer = suite.api.get("/readyz", None).await;
        (answer.status == 200).then(|| answer.json())
    })
    .await;
    let services = json!({
        "connectus.auth.v1.AuthService": "serving",
        "connectus.account.v1.AccountService": "serving",
        "connectus.account.v1.ConnectionService": "serving",
        "connectus.community.v1.CommunityService": "serving",
        "connectus.community.v1.ManagementService": "serving",
        "connectus.experience.v1.ExperienceService": "serving",
        "connectus.experience.v1.OpportunityService": "serving",
        "connectus.social.v1.NotificationService": "serving",
        "connectus.social.v1.PostService": "serving",
    });
    assert_eq!(ready, json!({"status": "ready", "services": services}));
}

#[tokio::test]
async fn the_service_without_its_database_is_named_and_the_process_is_still_alive() {
    let server = Server::start().await;
    let suite = Suite::with(Options { database: Some(server.database().await), ..Options::default() }).await;
    let readiness = async |status: u16| {
        eventually("the readiness changes", async || {
            let answer = suite.api.get("/readyz", None).await;
            (answer.status == status).then(|| answer.json())
        })
        .await
    };
    readiness(200).await;
    // The role is the service's alone: no other one notices.
    suite.database.execute("ALTER ROLE connectus_account RENAME TO gone").await;
    suite.database.cut_off().await;
    let broken = eventually("only account is broken", async || {
        let body = readiness(503).await;
        let serving = body["services"].as_object()?.values().filter(|state| *state == "serving").count();
        (serving == 7).then_some(body)
    })
    .await;
    assert_eq!(broken["status"], "not ready");
    assert_eq!(broken["services"]["connectus.account.v1.AccountService"], "not serving");
    assert_eq!(suite.api.get("/healthz", None).await.status, 200);
    suite.database.execute("ALTER ROLE gone RENAME TO connectus_account").await;
    readiness(200).await;
}

#[tokio::test]
async fn who_comes_through_a_proxy_hears_of_the_process_and_no_more() {
    let suite = Suite::with(Options { gateway: vec!["--trusted-proxies=127.0.0.1"], ..Options::default() }).await;
    for (path, status) in [("/healthz", 200), ("/readyz", 404), ("/metrics", 404), ("/.well-known/jwks.json", 200)] {
        let request = suite.api.request(Method::GET, path).header("x-forwarded-for", "203.0.113.9");
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
        assert_ne!(suite.api.get(path, None).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_rpcs_by_name() {
    let suite = Suite::start().await;
    let secret = "a-token-in-a-path";
    suite.api.get(&format!("/v1/auth/verify-email/{secret}"), None).await;
    suite.api.get("/nothing/of/the/kind", None).await;
    suite.api.call("BREW".parse().unwrap(), "/v1/account", None, None).await;
    let metrics = suite.api.get("/metrics", None).await;
    assert_eq!((metrics.status, metrics.header("content-type")), (200, Some("text/plain; version=0.0.4")));
    for part in [
        r#"method="GET",route="/v1/auth/verify-email/{token}",status="404""#,
        r#"method="GET",route="unknown",status="404""#,
        r#"method="other",route="/v1/account",status="405""#,
        r#"rpc="connectus.auth.v1.AuthService/VerifyEmail",code="3""#,
    ] {
        assert!(metrics.text.contains(part), "{part}: {}", metrics.text);
    }
    for stranger in [secret, "of/the/kind", "BREW"] {
        assert!(!metrics.text.contains(stranger), "{stranger}: {}", metrics.text);
    }
}

#[tokio::test]
async fn whoever_has_the_published_keys_can_tell_which_one_signed_a_token() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let answer = suite.api.get("/.well-known/jwks.json", None).await;
    assert!(answer.header("cache-control").unwrap().starts_with("public, max-age="));
    let keys = answer.ok();
    let header = BASE64_URL_SAFE_NO_PAD.decode(ann.token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["alg"], "EdDSA");
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).expect("its key");
    let x = BASE64_URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    assert_eq!(x.len(), 32);
    let expected = json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": header["kid"], "x": key["x"],
    });
    assert_eq!(*key, expected, "and nothing that is not public");
}
