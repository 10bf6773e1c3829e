//! The access token of a session that begins.

use chrono::{DateTime, Utc};
use connectus_platform::{
    client::Client,
    token::{AUDIENCE, AccessClaims, ISSUER},
};
use prost_types::Timestamp;
use uuid::Uuid;

use super::{Auth, time::to_timestamp};
use crate::{
    domain::{Error, account::Account},
    store::sessions::NewSession,
};

/// A session, and its access token.
pub(super) struct Issued {
    pub(super) session: NewSession,
    pub(super) access_token: String,
    pub(super) expire_time: Timestamp,
}

/// Signs a token of an account, in a generation of its sessions.
pub(super) async fn issue(
    auth: &Auth,
    account: &Account,
    generation: i32,
    client: Client,
    now: DateTime<Utc>,
) -> Result<Issued, Error> {
    let expires_at = now + auth.token_ttl;
    let claims = AccessClaims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: account.id,
        typ: account.account_type,
        generation,
        jti: Uuid::now_v7(),
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
    };
    let session = NewSession { id: claims.jti, account_id: account.id, generation, client, expires_at };
    let access_token = auth.keys.sign(&claims).await?;
    Ok(Issued { session, access_token, expire_time: to_timestamp(expires_at) })
}
