//! The keys that tokens are signed with: kept in the database, shared by all replicas, replaced in turn.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use connectus_platform::{
    store::{Pool, StoreError},
    token::VerifyingKeys,
};
use connectus_proto::auth::v1::SigningKey;
use ed25519_dalek::{SigningKey as Ed25519Key, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    config::Config,
    domain::{Error, link::MAX_LINK_TTL},
    store::keys::{self as stored, StoredKey},
};

/// How often the database is asked for new keys.
const REFRESH_INTERVAL: Duration = Duration::from_secs(1);
/// How long a new key is published before tokens are signed with it, so that every replica knows it by then.
const PUBLISH_AHEAD: TimeDelta = TimeDelta::seconds(5);

/// How many keys are published at most, as the contract says. Past that a new one waits until the oldest is forgotten.
const MOST_KEYS: usize = 16;

/// The keys. Clones share them.
#[derive(Clone)]
pub(crate) struct KeyRing {
    pool: Pool,
    keys: watch::Sender<Arc<Keys>>,
    rotation: TimeDelta,
    /// How long a key is kept after the next one took over: until the last token that it signed has expired.
    kept: TimeDelta,
}

/// The keys of one moment.
#[derive(Default)]
struct Keys {
    /// Newest first.
    stored: Vec<StoredKey>,
    verifying: VerifyingKeys,
}

impl KeyRing {
    pub(crate) fn new(pool: Pool, config: &Config) -> Self {
        let kept = config.token_ttl().max(MAX_LINK_TTL) + TimeDelta::minutes(1);
        Self { pool, keys: watch::Sender::new(Arc::default()), rotation: config.key_rotation(), kept }
    }

    /// Follows the database, makes the first key, replaces a key when its time has come, and forgets it when its last token
    /// has expired, until the shutdown.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        loop {
            if let Err(error) = self.keep_current().await {
                tracing::warn!(%error, "cannot refresh the signing keys");
            }
            if shutdown.run_until_cancelled(tokio::time::sleep(REFRESH_INTERVAL)).await.is_none() {
                return;
            }
        }
    }

    async fn keep_current(&self) -> Result<(), StoreError> {
        let keys = self.refresh().await?;
        let now = Utc::now();
        if self.is_due(&keys, now) {
            // Nobody waits for the first key, whom it could take by surprise.
            let active_at = if keys.is_empty() { now } else { now + PUBLISH_AHEAD };
            stored::insert_if(&self.pool, &new_key(active_at), |keys| self.is_due(keys, now)).await?;
            self.refresh().await?;
        }
        // Newest first: all but the last have replaced another.
        if keys.iter().rev().skip(1).any(|key| key.active_at < now - self.kept) {
            stored::delete_replaced_before(&self.pool, now - self.kept).await?;
        }
        Ok(())
    }

    /// Whether the newest key has signed for long enough.
    fn is_due(&self, keys: &[StoredKey], now: DateTime<Utc>) -> bool {
        has_room(keys) && keys.first().is_none_or(|newest| newest.active_at + self.rotation < now)
    }

    /// Makes a new key that takes over in a moment, and returns its id.
    pub(crate) async fn rotate(&self) -> Result<String, Error> {
        let key = new_key(Utc::now() + PUBLISH_AHEAD);
        if !stored::insert_if(&self.pool, &key, has_room).await? {
            return Err(Error::TooManyKeys);
        }
        self.refresh().await?;
        Ok(key.key_id)
    }

    /// The public keys, newest first.
    pub(crate) async fn published(&self) -> Result<Vec<SigningKey>, Error> {
        Ok(self.loaded().await?.stored.iter().map(StoredKey::to_published).collect())
    }

    /// What tokens verify with.
    pub(crate) async fn verifying(&self) -> Result<VerifyingKeys, Error> {
        Ok(self.loaded().await?.verifying.clone())
    }

    /// Signs claims with the current key.
    pub(crate) async fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Error> {
        let keys = self.loaded().await?;
        let now = Utc::now();
        let key = keys.stored.iter().find(|key| key.active_at <= now).or(keys.stored.last());
        let key = key.ok_or_else(no_key)?;
        let header = Header { kid: Some(key.key_id.clone()), ..Header::new(Algorithm::EdDSA) };
        let encoding = EncodingKey::from_ed_der(&key.private_key);
        jsonwebtoken::encode(&header, claims, &encoding).map_err(|error| Error::Internal(error.to_string()))
    }

    /// The keys, once there are any: a call may come before the first refresh.
    async fn loaded(&self) -> Result<Arc<Keys>, Error> {
        let mut changes = self.keys.subscribe();
        let loaded = changes.wait_for(|keys| !keys.stored.is_empty());
        match tokio::time::timeout(2 * REFRESH_INTERVAL, loaded).await {
            Ok(Ok(keys)) => Ok(keys.clone()),
            Ok(Err(_)) | Err(_) => Err(no_key()),
        }
    }

    async fn refresh(&self) -> Result<Vec<StoredKey>, StoreError> {
        let stored = stored::list(&self.pool).await?;
        let changed = self.keys.borrow().stored != stored;
        if changed {
            let published: Vec<_> = stored.iter().map(StoredKey::to_published).collect();
            let verifying = VerifyingKeys::new(&published);
            self.keys.send_replace(Arc::new(Keys { stored: stored.clone(), verifying }));
        }
        Ok(stored)
    }
}

impl StoredKey {
    fn to_published(&self) -> SigningKey {
        SigningKey { key_id: self.key_id.clone(), public_key: self.public_key.clone() }
    }
}

/// Whether one more key may be published.
fn has_room(keys: &[StoredKey]) -> bool {
    keys.len() < MOST_KEYS
}

fn no_key() -> Error {
    Error::Store(StoreError::Unavailable("there is no signing key yet".to_owned()))
}

fn new_key(active_at: DateTime<Utc>) -> StoredKey {
    let key = Ed25519Key::from_bytes(&rand::random());
    let private_key = key.to_pkcs8_der().map(|der| der.as_bytes().to_vec());
    StoredKey {
        key_id: Uuid::now_v7().simple().to_string(),
        private_key: private_key.unwrap_or_else(|error| unreachable!("an Ed25519 key has a PKCS #8 form: {error}")),
        public_key: key.verifying_key().to_bytes().to_vec(),
        active_at,
    }
}
