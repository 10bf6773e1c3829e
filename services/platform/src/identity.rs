//! Who makes a call: the account behind an access token, or a service of the suite.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use connectus_proto::common::v1::{AccountType, ErrorReason};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tonic::{Code, Request, Status, metadata::MetadataValue};
use uuid::Uuid;

use crate::{status, token::AccessClaims};

/// The metadata that carries a service's identity.
pub const SERVICE_IDENTITY_HEADER: &str = "x-connectus-service";

/// The shortest secret that services may share, in bytes (RFC 7518, section 3.2).
pub const MIN_SECRET_LENGTH: usize = 32;

/// The alias of the caller's own id, wherever an rpc reads an account.
pub const ME: &str = "me";

const SERVICE_AUDIENCE: &str = "connectus/internal";
const SERVICE_TOKEN_LIFE: Duration = Duration::from_mins(1);

/// The account that makes a call, as its verified access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's id.
    pub account_id: Uuid,
    /// The account's type.
    pub account_type: AccountType,
    /// The id of the token.
    pub token_id: Uuid,
    /// The session generation that the token was made in.
    pub generation: i32,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

impl TryFrom<AccessClaims> for Caller {
    type Error = Refusal;

    fn try_from(claims: AccessClaims) -> Result<Self, Refusal> {
        Ok(Self {
            account_id: claims.sub,
            account_type: claims.typ.into(),
            token_id: claims.jti,
            generation: claims.generation,
            expires_at: DateTime::from_timestamp(claims.exp, 0).ok_or(Refusal::Invalid)?,
        })
    }
}

/// Why a call has no caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No token was sent.
    Missing,
    /// The token is malformed, forged, expired or revoked.
    Invalid,
    /// Whether the token is revoked cannot be told now.
    Unknown,
    /// The account's current e-mail address is not verified.
    EmailUnverified,
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let (code, reason, message) = match refusal {
            Refusal::Missing => (Code::Unauthenticated, ErrorReason::TokenMissing, "no access token was sent"),
            Refusal::Invalid => (Code::Unauthenticated, ErrorReason::TokenInvalid, "the access token is not valid"),
            Refusal::Unknown => (Code::Unavailable, ErrorReason::AccessUnknown, "revocations cannot be checked now"),
            Refusal::EmailUnverified => {
                (Code::PermissionDenied, ErrorReason::EmailUnverified, "the e-mail address is not verified")
            }
        };
        status::failure(code, reason, message)
    }
}

/// What the server found out about a call's caller; it puts one into the extensions of every request.
#[derive(Clone, Debug)]
pub struct Presented(pub Result<Caller, Refusal>);

/// The caller of an rpc that needs one.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    match request.extensions().get::<Presented>() {
        Some(Presented(presented)) => presented.clone().map_err(Status::from),
        None => Err(Refusal::Missing.into()),
    }
}

/// The caller of an rpc that anybody may call; one whose token is not accepted counts as nobody.
pub fn viewer<T>(request: &Request<T>) -> Option<Caller> {
    request.extensions().get::<Presented>()?.0.clone().ok()
}

/// That a service of the suite makes the call, as its signed identity proved to the server.
#[derive(Clone, Copy, Debug)]
pub struct TrustedService;

/// Lets through the calls that a service of the suite makes, and no others: the interceptor of internal servers.
pub fn services_only(request: Request<()>) -> Result<Request<()>, Status> {
    match request.extensions().get::<TrustedService>() {
        Some(TrustedService) => Ok(request),
        None => Err(status::failure(
            Code::PermissionDenied,
            ErrorReason::ServiceIdentityRequired,
            "this rpc is for the suite's own services",
        )),
    }
}

/// Proves to other services that a call comes from the suite, by short-lived JWTs signed with the secret they share.
#[derive(Clone)]
pub struct ServiceIdentity {
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: Arc<[u8]>,
}

#[derive(Serialize, Deserialize)]
struct ServiceClaims {
    aud: String,
    exp: i64,
}

impl ServiceIdentity {
    /// Takes the secret that all services share; `None` if it is shorter than [`MIN_SECRET_LENGTH`].
    #[must_use]
    pub fn new(secret: &[u8]) -> Option<Self> {
        if secret.len() < MIN_SECRET_LENGTH {
            return None;
        }
        Some(Self::of(secret))
    }

    /// A secret that nobody else knows, for a suite that runs in one process.
    #[must_use]
    pub fn random() -> Self {
        Self::of(&rand::random::<[u8; MIN_SECRET_LENGTH]>())
    }

    fn of(secret: &[u8]) -> Self {
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { encoding, decoding, secret: secret.into() }
    }

    /// A key for one purpose, the same wherever the secret is the same, that tells nothing of the secret.
    #[must_use]
    pub fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        authentication_code(&self.secret, purpose)
    }

    /// A code that shows, to whoever has the secret, that a text was written by the suite for a purpose.
    #[must_use]
    pub fn seal(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        authentication_code(&self.derive(purpose), text)
    }

    /// Whether a text has its code. It takes the same time for every code.
    #[must_use]
    pub fn is_sealed(&self, purpose: &[u8], text: &[u8], code: &[u8]) -> bool {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.derive(purpose));
        mac.is_ok_and(|mac| mac.chain_update(text).verify_slice(code).is_ok())
    }

    /// Adds the proof to a request.
    #[must_use]
    pub fn sign<T>(&self, mut request: Request<T>) -> Request<T> {
        let exp = (Utc::now() + SERVICE_TOKEN_LIFE).timestamp();
        let claims = ServiceClaims { aud: SERVICE_AUDIENCE.to_owned(), exp };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding);
        if let Ok(Ok(value)) = token.map(MetadataValue::try_from) {
            request.metadata_mut().insert(SERVICE_IDENTITY_HEADER, value);
        } else {
            // Without its proof the call is refused, which says what is wrong.
            tracing::error!("cannot sign the service identity");
        }
        request
    }

    /// Whether the proof in a request's headers is good.
    #[must_use]
    pub fn proves(&self, headers: &http::HeaderMap) -> bool {
        let Some(token) = headers.get(SERVICE_IDENTITY_HEADER) else { return false };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[SERVICE_AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud"]);
        jsonwebtoken::decode::<ServiceClaims>(token.as_bytes(), &self.decoding, &validation).is_ok()
    }
}

/// A code of a text that only who has the secret can make (HMAC-SHA256, RFC 2104).
pub(crate) fn authentication_code(secret: &[u8], text: &[u8]) -> [u8; 32] {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret);
    let mac = mac.unwrap_or_else(|error| unreachable!("HMAC takes a secret of any length: {error}"));
    mac.chain_update(text).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shared_secret_proves_a_service() {
        let identity = ServiceIdentity::random();
        let headers = identity.sign(Request::new(())).into_parts().0.into_headers();
        assert!(identity.proves(&headers));
        assert!(!ServiceIdentity::random().proves(&headers));
        assert!(!identity.proves(&http::HeaderMap::new()));
        assert!(ServiceIdentity::new(b"too short").is_none());
    }

    #[test]
    fn only_the_shared_secret_seals_a_text_for_a_purpose() {
        let (identity, other) = (ServiceIdentity::random(), ServiceIdentity::random());
        let code = identity.seal(b"links", b"ann");
        assert!(identity.is_sealed(b"links", b"ann", &code));
        for (identity, purpose, text, code) in [
            (&other, "links", "ann", &code[..]),
            (&identity, "mails", "ann", &code[..]),
            (&identity, "links", "ben", &code[..]),
            (&identity, "links", "ann", &code[..31]),
            (&identity, "links", "ann", &[]),
        ] {
            assert!(!identity.is_sealed(purpose.as_bytes(), text.as_bytes(), code));
        }
    }
}
