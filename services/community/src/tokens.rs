//! The tokens of the Community API: JWTs that the suite signs, and that are good until they are revoked.

use chrono::{DateTime, Utc};
use connectus_platform::{
    identity::ServiceIdentity,
    token::{ISSUER, MAX_LENGTH},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The `aud` of the tokens.
const AUDIENCE: &str = "connectus/community";
/// What the key is for that they are signed with.
const PURPOSE: &[u8] = b"community tokens";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    /// The community.
    #[serde(rename = "sub")]
    pub(crate) community_id: Uuid,
    /// The token's own id.
    #[serde(rename = "jti")]
    pub(crate) token_id: Uuid,
    iat: i64,
}

/// Signs and verifies the tokens.
#[derive(Clone)]
pub(crate) struct Signer {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Signer {
    /// One whose tokens are good wherever the suite's secret is the same.
    pub(crate) fn new(identity: &ServiceIdentity) -> Self {
        let key = identity.derive(PURPOSE);
        Self { encoding: EncodingKey::from_secret(&key), decoding: DecodingKey::from_secret(&key) }
    }

    /// Signs a token of a community.
    pub(crate) fn sign(
        &self,
        community_id: Uuid,
        token_id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let (iss, aud) = (ISSUER.to_owned(), AUDIENCE.to_owned());
        let claims = Claims { iss, aud, community_id, token_id, iat: now.timestamp() };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
    }

    /// What a token says that the suite has signed. Whether it was revoked is not asked here.
    pub(crate) fn verify(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        // They are good until they are revoked.
        validation.validate_exp = false;
        if token.len() > MAX_LENGTH {
            return None;
        }
        Some(jsonwebtoken::decode(token, &self.decoding, &validation).ok()?.claims)
    }
}
