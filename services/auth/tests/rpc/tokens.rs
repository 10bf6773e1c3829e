//! What access tokens say, and that they verify with the published keys.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_proto::auth::v1::LogoutEverywhereRequest;
use connectus_testkit::{Options, PASSWORD, Suite};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::json;
use uuid::Uuid;

use crate::support::{claims, login, signing_keys};

#[tokio::test]
async fn a_token_says_who_made_it_for_whom_and_how_long_it_is_good() {
    let suite = Suite::start().await;
    let (ann, help) = (suite.user("Ann").await, suite.organization("Help").await);
    for (person, account_type) in [(ann, "user"), (help, "organization")] {
        let before = chrono::Utc::now().timestamp();
        let response = login(&suite, &person.email, PASSWORD).await.unwrap();
        let claims = claims(&response.access_token);
        let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
        assert!((before..=chrono::Utc::now().timestamp()).contains(&iat), "{iat}");
        assert_eq!(exp - iat, 12 * 60 * 60);
        assert_eq!(response.expire_time.unwrap().seconds, exp);
        let jti: Uuid = claims["jti"].as_str().unwrap().parse().unwrap();
        let expected = json!({
            "iss": "connectus", "aud": "connectus", "sub": person.id, "typ": account_type, "gen": 0,
            "jti": jti, "iat": iat, "exp": exp,
        });
        assert_eq!(claims, expected);
    }
}

#[tokio::test]
async fn a_token_is_signed_with_a_published_key() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    let (message, signature) = ann.token.rsplit_once('.').unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.decode(message.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    let keys = signing_keys(&suite).await;
    assert_eq!(header, json!({"typ": "JWT", "alg": "EdDSA", "kid": keys[0].key_id}));
    // Verified as RFC 8037 says, without the library that signed it.
    let key = VerifyingKey::from_bytes(keys[0].public_key.as_slice().try_into().unwrap()).unwrap();
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    key.verify_strict(message.as_bytes(), &Signature::from_slice(&signature).unwrap()).unwrap();
}

#[tokio::test]
async fn how_long_a_token_is_good_can_be_set() {
    let suite = Suite::with(Options { auth: vec!["--token-ttl", "60"], ..Options::default() }).await;
    let ann = suite.user("Ann").await;
    let claims = claims(&ann.token);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
}

#[tokio::test]
async fn a_token_is_of_the_generation_after_everywhere_was_logged_out() {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    assert_eq!(claims(&ann.token)["gen"], 0);
    suite.auth().logout_everywhere(ann.asks(LogoutEverywhereRequest {})).await.unwrap();
    assert_eq!(claims(&suite.login(&ann.email, PASSWORD).await)["gen"], 1);
}
