//! Login: a password for an access token.

use std::time::Duration;

use chrono::Utc;
use connectus_platform::{client::Client, context};
use connectus_proto::auth::v1::{LoginRequest, LoginResponse};
use tokio::time::{Instant, sleep_until};
use tonic::Request;
use uuid::Uuid;

use super::{
    Answer, Auth, guard,
    issue::{Issued, issue},
};
use crate::{
    domain::{
        Error,
        account::{Account, LoginId},
        event::{Event, EventKind},
        password::Password,
    },
    hashing::Verdict,
    store,
};

/// How soon a refused login is answered at the earliest: hashes of the former system take longer to verify, and nobody
/// should be able to tell by the time which accounts have one, or are none.
const REFUSAL_FLOOR: Duration = Duration::from_millis(300);

pub(super) async fn login(auth: &Auth, request: Request<LoginRequest>) -> Answer<LoginResponse> {
    let began = Instant::now();
    let LoginRequest { id, password } = request.into_inner();
    let client = context::client();
    match authenticate(auth, &LoginId::new(&id), &Password::presented(&password), &client).await {
        Ok(account) => Ok(begin_session(auth, &account, client).await?.into()),
        Err(error @ Error::LoginRefused) => {
            sleep_until(began + REFUSAL_FLOOR).await;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn authenticate(auth: &Auth, id: &LoginId, password: &Password, client: &Client) -> Result<Account, Error> {
    if password.is_too_long() {
        return Err(Error::LoginRefused);
    }
    let account = store::accounts::find(&auth.pool, id).await?;
    guard::admit_guess(auth, id, account.as_ref(), client).await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let verdict = auth.hasher.verify(password, hash).await?;
    let account_id = account.as_ref().map(|account| account.id);
    let Some(account) = account.filter(|_| verdict != Verdict::Wrong) else {
        let refused = Event { account_id, ..Event::new(Uuid::nil(), EventKind::PasswordRefused, client.clone()) };
        store::events::record(&auth.pool, &refused).await?;
        return Err(Error::LoginRefused);
    };
    if verdict == Verdict::RightButWeak {
        upgrade(auth, &account, password).await;
    }
    match (account.locked_at, account.email_verified_at) {
        (Some(_), _) => Err(Error::AccountLocked),
        (None, None) => Err(Error::LoginEmailUnverified),
        (None, Some(_)) => Ok(account),
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

async fn begin_session(auth: &Auth, account: &Account, client: Client) -> Result<LoginResponse, Error> {
    let Issued { session, access_token, expire_time } =
        issue(auth, account, account.session_generation, client, Utc::now()).await?;
    let response = LoginResponse { access_token, expire_time: Some(expire_time), account_id: account.id.to_string() };
    store::sessions::log_in(&auth.pool, account, &session, &response).await?;
    Ok(response)
}
