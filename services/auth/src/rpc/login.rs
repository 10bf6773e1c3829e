//! Login: a password for an access token.

use std::time::Duration;

use chrono::{DateTime, Utc};
use connectus_platform::token::{AUDIENCE, AccessClaims, ISSUER};
use connectus_proto::auth::v1::{LoginRequest, LoginResponse};
use prost_types::Timestamp;
use tokio::time::{Instant, sleep_until};
use tonic::Request;
use uuid::Uuid;

use super::{Answer, Auth};
use crate::{
    domain::{
        Error,
        account::{Account, LoginId},
        password::Password,
    },
    hashing::Verdict,
    store,
};

/// How soon a refused login is answered at the earliest: hashes of the former system take longer to verify, and nobody
/// should be able to tell by the time which accounts have one, or are none.
const REFUSAL_FLOOR: Duration = Duration::from_millis(200);

pub(super) async fn login(auth: &Auth, request: Request<LoginRequest>) -> Answer<LoginResponse> {
    let began = Instant::now();
    let LoginRequest { id, password } = request.into_inner();
    match authenticate(auth, &LoginId::new(&id), &Password::presented(&password)).await {
        Ok(account) => Ok(issue(auth, &account).await?.into()),
        Err(error @ Error::LoginRefused) => {
            sleep_until(began + REFUSAL_FLOOR).await;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn authenticate(auth: &Auth, id: &LoginId, password: &Password) -> Result<Account, Error> {
    if password.is_too_long() {
        return Err(Error::LoginRefused);
    }
    let account = store::accounts::find(&auth.pool, id).await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let verdict = auth.hasher.verify(password, hash).await?;
    let account = account.ok_or(Error::LoginRefused)?;
    match verdict {
        Verdict::Wrong => return Err(Error::LoginRefused),
        Verdict::RightButWeak => upgrade(auth, &account, password).await,
        Verdict::Right => {}
    }
    match account.email_verified_at {
        Some(_) => Ok(account),
        None => Err(Error::LoginEmailUnverified),
    }
}

/// Strengthens a hash while the password is at hand. If that fails, the next login will try again.
async fn upgrade(auth: &Auth, account: &Account, password: &Password) {
    let upgraded = match auth.hasher.hash(password).await {
        Ok(hash) => store::accounts::upgrade_hash(&auth.pool, account, &hash).await.map_err(Error::from),
        Err(error) => Err(error),
    };
    if let Err(error) = upgraded {
        tracing::warn!(?error, "a password's hash is not upgraded yet");
    }
}

async fn issue(auth: &Auth, account: &Account) -> Result<LoginResponse, Error> {
    let now = Utc::now();
    let expires_at = now + auth.token_ttl;
    let access_token = auth.keys.sign(&claims(account, now, expires_at)).await?;
    let expire_time = Some(Timestamp { seconds: expires_at.timestamp(), nanos: 0 });
    Ok(LoginResponse { access_token, expire_time, account_id: account.id.to_string() })
}

fn claims(account: &Account, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> AccessClaims {
    AccessClaims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: account.id,
        typ: account.account_type,
        generation: account.session_generation,
        jti: Uuid::now_v7(),
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
    }
}
