//! Which access tokens are good now: the keys and revocations that auth publishes, followed by every replica.

mod uses;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use chrono::{DateTime, Utc};
use connectus_proto::auth::v1::{
    AccessChange, PollAccessRequest, PollAccessResponse, SigningKey, access_change::Change,
    auth_internal_service_client::AuthInternalServiceClient,
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use uuid::Uuid;

use crate::{
    identity::{Caller, Refusal, ServiceIdentity},
    peer::Channel,
    token::{AccessClaims, TokenError, VerifyingKeys},
};
use uses::Uses;

/// How often auth is asked for changes; what a revocation takes to reach every replica, at most, plus a round trip.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// How long auth may take over one answer; far less than tokens are accepted without one.
const PATIENCE: Duration = Duration::from_secs(2);

/// Follows auth's keys and revocations, and tells which tokens are good. Clones share what they know.
///
/// It fails closed: when auth has not answered for the maximal age, no token is accepted.
#[derive(Clone)]
pub struct AccessFeed {
    shared: Arc<Shared>,
}

struct Shared {
    auth: Channel,
    identity: ServiceIdentity,
    max_age: Duration,
    state: RwLock<State>,
    uses: Mutex<Uses>,
    /// When the last successful poll began; none before the first whole one.
    polled_at: watch::Sender<Option<Instant>>,
}

#[derive(Default)]
struct State {
    cursor: i64,
    /// The keys as auth published them.
    published: Vec<SigningKey>,
    keys: VerifyingKeys,
    revoked_tokens: HashMap<Uuid, DateTime<Utc>>,
    accounts: HashMap<Uuid, AccountState>,
}

/// What a token is refused or admitted by.
#[derive(Clone, Copy)]
struct Session {
    token_id: Uuid,
    account_id: Uuid,
    generation: i32,
}

struct AccountState {
    min_generation: i32,
    email_verified: bool,
    expires_at: DateTime<Utc>,
}

impl AccessFeed {
    /// Makes a feed that knows nothing yet; [`AccessFeed::run`] fills it.
    #[must_use]
    pub fn new(auth: Channel, identity: ServiceIdentity, max_age: Duration) -> Self {
        let shared = Shared {
            auth,
            identity,
            max_age,
            state: RwLock::default(),
            uses: Mutex::default(),
            polled_at: watch::Sender::new(None),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Polls auth until the shutdown.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut failing = false;
        loop {
            let began = Instant::now();
            match self.poll().await {
                Ok(()) => {
                    self.shared.polled_at.send_replace(Some(began));
                    failing = false;
                }
                Err(status) if !failing => {
                    tracing::warn!(code = ?status.code(), "cannot learn of revocations");
                    failing = true;
                }
                Err(_) => {}
            }
            if shutdown.run_until_cancelled(tokio::time::sleep(POLL_INTERVAL)).await.is_none() {
                return;
            }
        }
    }

    /// Whether it is up to date enough to accept tokens.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.shared.polled_at.borrow().is_some_and(|at| at.elapsed() <= self.shared.max_age)
    }

    /// Tells whose token this is, or why it is not accepted.
    pub async fn verify(&self, token: &str) -> Result<Caller, Refusal> {
        let mut verified = self.claims(token);
        if verified == Err(TokenError::UnknownKey) {
            // The key may be newer than the last poll. All who wait share the next one.
            let has_news = self.next_poll().await;
            verified = self.claims(token);
            if verified == Err(TokenError::UnknownKey) && !has_news {
                return Err(Refusal::Unknown);
            }
        }
        if !self.is_fresh() {
            return Err(Refusal::Unknown);
        }
        let claims = verified.map_err(|_| Refusal::Invalid)?;
        self.state().admit(Session { token_id: claims.jti, account_id: claims.sub, generation: claims.generation })?;
        self.uses().note(claims.jti, Utc::now());
        Caller::try_from(claims)
    }

    /// Refuses a caller whose token was good before, and is not any more.
    pub fn readmit(&self, caller: &Caller) -> Result<(), Refusal> {
        if !self.is_fresh() {
            return Err(Refusal::Unknown);
        }
        if caller.expires_at <= Utc::now() {
            return Err(Refusal::Invalid);
        }
        let Caller { token_id, account_id, generation, .. } = *caller;
        self.state().admit(Session { token_id, account_id, generation })
    }

    /// Whose token it is, or was: whether it was revoked is not asked here.
    pub(crate) fn account_of(&self, token: &str) -> Option<Uuid> {
        Some(self.claims(token).ok()?.sub)
    }

    fn claims(&self, token: &str) -> Result<AccessClaims, TokenError> {
        self.state().keys.verify(token)
    }

    /// Waits for the next answer of auth, and tells whether there was one.
    async fn next_poll(&self) -> bool {
        let mut polled_at = self.shared.polled_at.subscribe();
        let asked = Instant::now();
        let newer = polled_at.wait_for(|at| at.is_some_and(|at| at >= asked));
        matches!(tokio::time::timeout(4 * POLL_INTERVAL, newer).await, Ok(Ok(_)))
    }

    async fn poll(&self) -> Result<(), Status> {
        let mut client = AuthInternalServiceClient::new(self.shared.auth.clone());
        loop {
            let cursor = self.state().cursor;
            let uses = self.uses().untold_uses();
            let request = self.shared.identity.sign(tonic::Request::new(PollAccessRequest { cursor, uses }));
            let answer = tokio::time::timeout(PATIENCE, client.poll_access(request)).await;
            let response = answer.map_err(|_| Status::deadline_exceeded("auth does not answer"))??.into_inner();
            self.uses().were_told();
            let more = response.more;
            self.state_mut().apply(response);
            if !more {
                return Ok(());
            }
        }
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn uses(&self) -> MutexGuard<'_, Uses> {
        self.shared.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.shared.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply(&mut self, response: PollAccessResponse) {
        if self.published != response.keys {
            self.keys = VerifyingKeys::new(&response.keys);
            self.published = response.keys;
        }
        self.cursor = response.cursor;
        if response.changes.is_empty() {
            return;
        }
        let now = Utc::now();
        self.revoked_tokens.retain(|_, expires_at| *expires_at > now);
        self.accounts.retain(|_, account| account.expires_at > now);
        for change in response.changes {
            self.apply_change(change);
        }
    }

    fn apply_change(&mut self, AccessChange { change, expire_time }: AccessChange) {
        // A change that cannot be read is never taken for none: it is kept for as long as time goes.
        let expires_at =
            expire_time.and_then(|at| DateTime::from_timestamp(at.seconds, 0)).unwrap_or(DateTime::<Utc>::MAX_UTC);
        match change {
            Some(Change::Token(token)) => {
                if let Ok(id) = token.token_id.parse() {
                    self.revoked_tokens.insert(id, expires_at);
                }
            }
            Some(Change::Account(access)) => {
                if let Ok(id) = access.account_id.parse() {
                    let AccountState { min_generation, .. } = self.accounts.remove(&id).unwrap_or_default();
                    self.accounts.insert(
                        id,
                        AccountState {
                            min_generation: access.min_generation.max(min_generation),
                            email_verified: access.email_verified,
                            expires_at,
                        },
                    );
                }
            }
            None => tracing::error!("auth sent a change of access that this version does not know"),
        }
    }

    fn admit(&self, session: Session) -> Result<(), Refusal> {
        if self.revoked_tokens.contains_key(&session.token_id) {
            return Err(Refusal::Invalid);
        }
        match self.accounts.get(&session.account_id) {
            Some(account) if session.generation < account.min_generation => Err(Refusal::Invalid),
            Some(account) if !account.email_verified => Err(Refusal::EmailUnverified),
            _ => Ok(()),
        }
    }
}

impl Default for AccountState {
    fn default() -> Self {
        Self { min_generation: 0, email_verified: true, expires_at: DateTime::<Utc>::MIN_UTC }
    }
}
