//! Access tokens: what they claim, and how they are verified.

use std::{collections::HashMap, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use connectus_proto::{auth::v1::SigningKey, common::v1::AccountType};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
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

/// The public keys that tokens verify with.
#[derive(Clone, Default)]
pub struct VerifyingKeys {
    keys: HashMap<String, DecodingKey>,
}

impl VerifyingKeys {
    /// Takes the keys that auth publishes. One that is no key at all verifies nothing, and is left out.
    #[must_use]
    pub fn new(keys: &[SigningKey]) -> Self {
        let keys = keys.iter().filter_map(|key| {
            let x = BASE64_URL_SAFE_NO_PAD.encode(&key.public_key);
            Some((key.key_id.clone(), DecodingKey::from_ed_components(&x).ok()?))
        });
        Self { keys: keys.collect() }
    }

    /// Verifies an access token. Whether it was revoked is not asked here.
    pub fn verify(&self, token: &str) -> Result<AccessClaims, TokenError> {
        self.verify_for(AUDIENCE, token)
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
