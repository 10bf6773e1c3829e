//! Tokens that auth did not make, or not for this: none is ever accepted.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_proto::{
    auth::v1::{IntrospectTokenResponse, LogoutEverywhereRequest, LogoutRequest},
    common::v1::ErrorReason,
};
use connectus_testkit::{Person, Suite, as_caller, people::user_registration, refusal};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tonic::Code;
use uuid::Uuid;

use crate::support::{claims, introspect, is_accepted, key_id, register_and_read, reset_token, signing_keys};

/// A name for each token, for when one is accepted.
type Named = (String, String);

/// Signs claims as auth would: with its own key, straight from its database.
async fn sign_as_auth(suite: &Suite, claims: &Value) -> String {
    let key: Vec<u8> = suite.database.value("SELECT private_key FROM auth.signing_keys").await;
    let kid: String = suite.database.value("SELECT key_id FROM auth.signing_keys").await;
    sign(Algorithm::EdDSA, Some(&kid), &EncodingKey::from_ed_der(&key), claims)
}

fn sign(algorithm: Algorithm, kid: Option<&str>, key: &EncodingKey, claims: &Value) -> String {
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

/// Claims with one of them changed, or left out where the value is null.
fn altered(claims: &Value, name: &str, value: Value) -> Value {
    let mut altered = claims.clone();
    let fields = altered.as_object_mut().unwrap();
    if value.is_null() {
        fields.remove(name)
    } else {
        fields.insert(name.to_owned(), value)
    };
    altered
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}

/// Fails the test if any of these tokens opens anything.
async fn refuse_all(suite: &Suite, tokens: impl IntoIterator<Item = Named>) {
    join_all(tokens.into_iter().map(|(name, token)| refuse(suite, name, token))).await;
}

async fn refuse(suite: &Suite, name: String, token: String) {
    assert!(!is_accepted(suite, &token).await, "{name}");
    let invalid = (Code::Unauthenticated, ErrorReason::TokenInvalid);
    let answer = suite.auth().logout(as_caller(&token, LogoutRequest {})).await;
    assert_eq!(refusal(answer), invalid, "{name}");
    let answer = suite.auth().logout_everywhere(as_caller(&token, LogoutEverywhereRequest {})).await;
    assert_eq!(refusal(answer), invalid, "{name}");
    assert_eq!(introspect(suite, &token).await.unwrap(), IntrospectTokenResponse::default(), "{name}");
}

async fn suite_with_ann() -> (Suite, Person) {
    let suite = Suite::start().await;
    let ann = suite.user("Ann").await;
    (suite, ann)
}

#[tokio::test]
async fn a_token_with_one_letter_changed_is_refused() {
    let (suite, ann) = suite_with_ann().await;
    let parts: Vec<_> = ann.token.split('.').collect();
    let mut tokens = Vec::new();
    for (part, text) in parts.iter().enumerate() {
        for at in [0, text.len() / 2, text.len() - 2] {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = parts.iter().map(ToString::to_string).collect::<Vec<_>>();
            changed[part].replace_range(at..=at, other);
            tokens.push((format!("part {part} at {at}"), changed.join(".")));
        }
    }
    refuse_all(&suite, tokens).await;
    assert!(is_accepted(&suite, &ann.token).await, "the token itself is good");
}

#[tokio::test]
async fn a_token_that_was_cut_or_grown_is_refused() {
    let (suite, ann) = suite_with_ann().await;
    let (message, signature) = ann.token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let tokens = [
        "x".to_owned(),
        "..".to_owned(),
        message.to_owned(),
        format!("{message}."),
        format!("{header}..{signature}"),
        format!("{}.", ann.token),
        format!("{}x", ann.token),
        format!("{}.{signature}", ann.token),
        ann.token[..ann.token.len() - 1].to_owned(),
        format!("{}{}", ann.token, "x".repeat(5000)),
    ];
    refuse_all(&suite, tokens.map(|token| (token.clone(), token))).await;
}

#[tokio::test]
async fn nobody_promotes_themselves_by_editing_the_claims() {
    let (suite, ann) = suite_with_ann().await;
    let ben = suite.user("Ben").await;
    let (message, signature) = ann.token.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let claims = claims(&ann.token);
    let edits =
        [("sub", json!(ben.id)), ("typ", json!("organization")), ("gen", json!(99)), ("exp", json!(9_999_999_999_u64))];
    let tokens = edits.map(|(name, value)| {
        (name.to_owned(), format!("{header}.{}.{signature}", encoded(&altered(&claims, name, value))))
    });
    refuse_all(&suite, tokens).await;
}

#[tokio::test]
async fn no_other_algorithm_is_accepted() {
    let (suite, ann) = suite_with_ann().await;
    let claims = claims(&ann.token);
    let kid = key_id(&ann.token);
    let (_, signature) = ann.token.rsplit_once('.').unwrap();
    let public = signing_keys(&suite).await.remove(0).public_key;
    let x = BASE64_URL_SAFE_NO_PAD.encode(&public);
    let mut tokens = Vec::new();
    for algorithm in ["none", "None", "NONE", "", "HS256"] {
        let header = json!({"typ": "JWT", "alg": algorithm, "kid": kid});
        let message = format!("{}.{}", encoded(&header), encoded(&claims));
        for signature in ["", signature] {
            tokens.push((format!("{algorithm:?} {signature:?}"), format!("{message}.{signature}")));
        }
    }
    // The public key as a secret, in every form in which somebody may have it.
    for secret in [public.as_slice(), x.as_bytes(), b"", kid.as_bytes()] {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let token = sign(algorithm, Some(&kid), &EncodingKey::from_secret(secret), &claims);
            tokens.push((format!("{algorithm:?} with {secret:?}"), token));
        }
    }
    refuse_all(&suite, tokens).await;
}

#[tokio::test]
async fn a_key_that_auth_did_not_publish_signs_nothing() {
    let (suite, ann) = suite_with_ann().await;
    let claims = claims(&ann.token);
    let key = SigningKey::from_bytes(&[7; 32]).to_pkcs8_der().unwrap();
    let key = EncodingKey::from_ed_der(key.as_bytes());
    let kids = [Some(key_id(&ann.token)), None, Some(String::new()), Some("unknown".to_owned())];
    let tokens = kids.map(|kid| (format!("{kid:?}"), sign(Algorithm::EdDSA, kid.as_deref(), &key, &claims)));
    refuse_all(&suite, tokens).await;
    // Nor is a key taken from the token itself.
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64_URL_SAFE_NO_PAD.encode([7; 32])});
    let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "mine", "jwk": jwk});
    let (_, signature) = ann.token.rsplit_once('.').unwrap();
    let token = format!("{}.{}.{signature}", encoded(&header), encoded(&claims));
    refuse_all(&suite, [("a key of its own".to_owned(), token)]).await;
}

#[tokio::test]
async fn what_auth_signed_for_another_use_or_time_is_refused() {
    let (suite, ann) = suite_with_ann().await;
    let good = claims(&ann.token);
    assert!(is_accepted(&suite, &sign_as_auth(&suite, &good).await).await, "the test signs as auth does");
    let now = chrono::Utc::now().timestamp();
    let alterations = [
        ("aud", json!("connectus/verify-email")),
        ("aud", json!("connectus/internal")),
        ("aud", json!("another")),
        ("aud", Value::Null),
        ("iss", json!("another")),
        ("iss", Value::Null),
        ("exp", json!(now - 60)),
        ("exp", json!(0)),
        ("exp", json!("never")),
        ("exp", Value::Null),
        ("sub", json!("ann@example.org")),
        ("sub", Value::Null),
        ("typ", json!("admin")),
        ("typ", Value::Null),
        ("gen", Value::Null),
        ("jti", Value::Null),
    ];
    let tokens = alterations.map(async |(name, value)| {
        (format!("{name} = {value}"), sign_as_auth(&suite, &altered(&good, name, value)).await)
    });
    refuse_all(&suite, join_all(tokens).await).await;
}

#[tokio::test]
async fn a_mailed_link_is_no_access_token() {
    let (suite, ann) = suite_with_ann().await;
    let verify = register_and_read(&suite, user_registration("Ben")).await;
    let reset = reset_token(&suite, &ann.email).await;
    refuse_all(&suite, [("verify".to_owned(), verify), ("reset".to_owned(), reset)]).await;
}

#[tokio::test]
async fn a_token_is_needed_where_the_contract_says_so() {
    let (suite, _) = suite_with_ann().await;
    let missing = (Code::Unauthenticated, ErrorReason::TokenMissing);
    assert_eq!(refusal(suite.auth().logout(LogoutRequest {}).await), missing);
    assert_eq!(refusal(suite.auth().logout_everywhere(LogoutEverywhereRequest {}).await), missing);
    let nobody = as_caller(&Uuid::now_v7().to_string(), LogoutRequest {});
    let invalid = (Code::Unauthenticated, ErrorReason::TokenInvalid);
    assert_eq!(refusal(suite.auth().logout(nobody).await), invalid);
}
