//! Access tokens: what they claim, and how they are verified.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::Utc;
use connectus_proto::{auth::v1::SigningKey, common::v1::AccountType};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The `iss` of every token that the suite signs.
pub const ISSUER: &str = "connectus";

/// The `aud` of access tokens.
pub const AUDIENCE: &str = "connectus";

/// The longest token that is looked at, in bytes.
pub const MAX_LENGTH: usize = 4096;

/// How far the clocks of two machines may differ: for so long after its expiry a token is still accepted.
pub const LEEWAY: Duration = Duration::from_secs(5);

/// What an access token says (RFC 7519, section 4).
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct AccessClaims {
    /// Who signed it: [`ISSUER`].
    pub iss: String,
    /// Whom it is for: [`AUDIENCE`].
    pub aud: String,
    /// The account's id.
    pub sub: Uuid,
    /// The account's type.
    pub typ: TokenAccountType,
    /// The account's session generation; raised to revoke all of its tokens.
    #[serde(rename = "gen")]
    pub generation: i32,
    /// The token's own id.
    pub jti: Uuid,
    /// When it was signed, in Unix seconds.
    pub iat: i64,
    /// When it expires, in Unix seconds.
    pub exp: i64,
}

impl AccessClaims {
    /// Whether it is not accepted any more, although its signature is good.
    fn has_expired(&self) -> bool {
        self.exp < (Utc::now() - LEEWAY).timestamp()
    }
}

/// An account's type as a token spells it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TokenAccountType {
    /// A person's account.
    User,
    /// An organization's account.
    Organization,
}

impl From<TokenAccountType> for AccountType {
    fn from(value: TokenAccountType) -> Self {
        match value {
            TokenAccountType::User => Self::User,
            TokenAccountType::Organization => Self::Organization,
        }
    }
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// Its key is not among those known; it may be one that was made a moment ago.
    #[error("the token's key is unknown")]
    UnknownKey,
    /// It is malformed, forged, expired, or not for this use.
    #[error("the token is invalid")]
    Invalid,
}

/// How many of the tokens that were verified are remembered: about three megabytes.
const MOST_REMEMBERED: usize = 16_384;

/// The public keys that tokens verify with. Clones share what they remember.
#[derive(Clone)]
pub struct VerifyingKeys {
    keys: HashMap<String, DecodingKey>,
    /// What access tokens claim whose signature was good, by their SHA-256. To verify one costs more than all else of a short
    /// call. They are forgotten with the keys.
    verified: Arc<Cache<[u8; 32], AccessClaims>>,
}

impl Default for VerifyingKeys {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl VerifyingKeys {
    /// Takes the keys that auth publishes. One that is no key at all verifies nothing, and is left out.
    #[must_use]
    pub fn new(keys: &[SigningKey]) -> Self {
        let keys = keys.iter().filter_map(|key| {
            let x = BASE64_URL_SAFE_NO_PAD.encode(&key.public_key);
            Some((key.key_id.clone(), DecodingKey::from_ed_components(&x).ok()?))
        });
        Self { keys: keys.collect(), verified: Arc::new(Cache::new(MOST_REMEMBERED)) }
    }

    /// Verifies an access token. Whether it was revoked is not asked here.
    pub fn verify(&self, token: &str) -> Result<AccessClaims, TokenError> {
        if token.len() > MAX_LENGTH {
            return Err(TokenError::Invalid);
        }
        let digest = Sha256::digest(token).into();
        if let Some(claims) = self.verified.get(&digest) {
            return if claims.has_expired() { Err(TokenError::Invalid) } else { Ok(claims) };
        }
        let claims: AccessClaims = self.verify_for(AUDIENCE, token)?;
        self.verified.insert(digest, claims.clone());
        Ok(claims)
    }

    /// Verifies a token of the suite for one audience, and returns its claims.
    pub fn verify_for<C: DeserializeOwned>(&self, audience: &str, token: &str) -> Result<C, TokenError> {
        if token.len() > MAX_LENGTH {
            return Err(TokenError::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        if header.alg != Algorithm::EdDSA {
            return Err(TokenError::Invalid);
        }
        let key_id = header.kid.ok_or(TokenError::Invalid)?;
        let key = self.keys.get(&key_id).ok_or(TokenError::UnknownKey)?;
        let data = jsonwebtoken::decode(token, key, &validation(audience)).map_err(|_| TokenError::Invalid)?;
        Ok(data.claims)
    }
}

fn validation(audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.leeway = LEEWAY.as_secs();
    validation
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ed25519_dalek::{SigningKey as Ed25519Key, pkcs8::EncodePrivateKey};
    use jsonwebtoken::{EncodingKey, Header};

    use super::*;

    const KEY: &str = "key";

    fn key(seed: u8) -> Ed25519Key {
        Ed25519Key::from_bytes(&[seed; 32])
    }

    fn keys(seed: u8) -> VerifyingKeys {
        let public_key = key(seed).verifying_key().to_bytes().to_vec();
        VerifyingKeys::new(&[SigningKey { key_id: KEY.to_owned(), public_key }])
    }

    fn token(exp: i64) -> String {
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: Uuid::from_u128(1),
            typ: TokenAccountType::User,
            generation: 0,
            jti: Uuid::from_u128(2),
            iat: 0,
            exp,
        };
        let header = Header { kid: Some(KEY.to_owned()), ..Header::new(Algorithm::EdDSA) };
        let private = EncodingKey::from_ed_der(key(1).to_pkcs8_der().unwrap().as_bytes());
        jsonwebtoken::encode(&header, &claims, &private).unwrap()
    }

    fn now() -> i64 {
        Utc::now().timestamp()
    }

    #[test]
    fn a_token_that_is_remembered_is_good_until_it_expires() {
        let (keys, token) = (keys(1), token(now() + 60));
        let claims = keys.verify(&token).unwrap();
        assert_eq!(keys.verify(&token), Ok(claims.clone()));
        let digest = Sha256::digest(&token).into();
        assert_eq!(keys.verified.get(&digest), Some(claims.clone()));
        keys.verified.insert(digest, AccessClaims { exp: now() - 6, ..claims.clone() });
        assert_eq!(keys.verify(&token), Err(TokenError::Invalid));
        // As for one that is new.
        keys.verified.insert(digest, AccessClaims { exp: now() - 3, ..claims });
        assert!(keys.verify(&token).is_ok());
        assert!(keys.verify(&self::token(now() - 3)).is_ok());
        assert_eq!(keys.verify(&self::token(now() - 6)), Err(TokenError::Invalid));
    }

    #[test]
    fn a_token_of_another_key_or_text_is_not_one_that_is_remembered() {
        let (first, token) = (keys(1), token(now() + 60));
        assert!(first.verify(&token).is_ok());
        assert_eq!(keys(2).verify(&token), Err(TokenError::Invalid));
        let (head, signature) = token.rsplit_once('.').unwrap();
        assert_eq!(first.verify(&format!("{head}x.{signature}")), Err(TokenError::Invalid));
        assert_eq!(first.verify(&"x".repeat(MAX_LENGTH + 1)), Err(TokenError::Invalid));
    }
}
