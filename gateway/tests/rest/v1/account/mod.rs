//! `/v1/account`, and what every route with a token asks of it.

mod delete;
mod export;
mod update;

use connectus_testkit::{Answer, Suite};
use reqwest::Method;
use serde_json::{Value, json};

use super::accounts::{organization_json, user_json};

#[tokio::test]
async fn people_and_organizations_see_all_of_their_own_account() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    let own = suite.api.get("/v1/account", Some(&ann.token)).await.ok();
    assert_eq!(own, user_json(&suite, &ann, &own["created_at"], &ann.email));
    let own = suite.api.get("/v1/account", Some(&help.token)).await.ok();
    assert_eq!(own, organization_json(&suite, &help, &own["created_at"]));
}

#[tokio::test]
async fn a_token_is_taken_from_either_header() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let with = async |headers: &[(&str, String)]| {
        let request = suite.api.request(Method::GET, "/v1/account");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        Answer::of(request).await
    };
    let bearer = format!("Bearer {}", ann.token);
    for good in [
        vec![("x-access-token", ann.token.clone())],
        vec![("authorization", bearer.clone())],
        vec![("authorization", bearer.replace("Bearer", "bEARER "))],
        vec![("x-access-token", String::new()), ("authorization", bearer.clone())],
    ] {
        assert_eq!(with(&good).await.ok()["id"], *ann.id, "{good:?}");
    }
    for none in [
        vec![],
        vec![("x-access-token", String::new())],
        vec![("authorization", String::new())],
        vec![("authorization", "Bearer ".to_owned())],
        vec![("authorization", format!("Basic {}", ann.token))],
    ] {
        assert_eq!(with(&none).await.error(), (401, 3000, "No token provided.".to_owned()), "{none:?}");
    }
    for bad in [
        vec![("x-access-token", format!("{}x", ann.token))],
        vec![("x-access-token", "é".to_owned())],
        vec![("x-access-token", "x".repeat(50_000))],
        vec![("authorization", "Bearer x".to_owned())],
        vec![("x-access-token", "x".to_owned()), ("authorization", bearer)],
    ] {
        assert_eq!(with(&bad).await.error(), (401, 3001, "Failed to authenticate token.".to_owned()), "{bad:?}");
    }
}

/// Every route that needs a token.
fn routes_with_a_token() -> Vec<(Method, String)> {
    let document = connectus_gateway::openapi_document();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if !operation["security"].as_array().unwrap().contains(&json!({})) {
                let path = ["{id}", "{userid}", "{jti}", "{merge}"]
                    .iter()
                    .fold(path.clone(), |path, name| path.replace(name, "x"));
                routes.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    routes
}

#[tokio::test]
async fn no_route_that_needs_a_token_looks_at_the_request_without_one() {
    let suite = Suite::start().await;
    // Whoever could log in shows that the suite knows by now which tokens are good.
    suite.user("Ann").await;
    let routes = routes_with_a_token();
    assert_eq!(routes.len(), 64, "{routes:?}");
    for (method, path) in routes {
        for (token, code) in [(None, 3000), (Some("x"), 3001)] {
            // A body that cannot be read is not read before the token is looked for.
            let body = token.is_none().then(|| Value::from("not an object"));
            let body = body.or_else(|| Some(good_body(&path)));
            let answer = suite.api.call(method.clone(), &path, token, body.as_ref()).await;
            assert_eq!((answer.status, answer.error().1), (401, code), "{method} {path}");
        }
    }
}

fn good_body(path: &str) -> Value {
    match path {
        "/v1/settings" => json!({"email_notifications": true}),
        "/v1/profile" => json!({"quote": "x"}),
        path if path.starts_with("/v1/auth/") || path.starts_with("/v1/account") => {
            json!({"password": "x", "new_password": "x", "email": "x"})
        }
        "/v1/notification/dismiss" => json!({"id": "x"}),
        path if path.contains("validations") => json!({"approve": true}),
        path if path.starts_with("/v1/communities") => {
            json!({"name": "x", "type": "url", "id": "x", "displayName": "x"})
        }
        _ => json!({"name": "x", "description": "x", "email_verify": false}),
    }
}
