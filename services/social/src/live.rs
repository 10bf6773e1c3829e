//! Who listens to their notifications on this replica, and is woken when there are new ones.
//!
//! Every replica has one connection on which PostgreSQL tells it of what any of them commits. Whoever is woken looks for
//! themselves, so that what is told twice, or not at all while the connection is lost, does no harm.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use connectus_platform::store::{self, Pool, StoreError};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{domain::Error, store::notifications::CHANNEL};

/// How many streams an account may have open on one replica: a few devices with a few pages each.
const MOST_OF_ACCOUNT: usize = 20;
/// How many streams a replica has open at most.
const MOST: usize = 20_000;
/// How long the connection may be silent before it is tried.
const SILENCE: Duration = Duration::from_secs(15);
/// How long the database may take to answer on it: one that is not there any more says nothing at all.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait before the connection is made again.
const RECONNECT_AFTER: Duration = Duration::from_millis(250);

/// Who listens. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Live {
    listeners: Arc<Mutex<Listeners>>,
}

#[derive(Default)]
struct Listeners {
    by_account: HashMap<Uuid, Ears>,
    all: usize,
}

/// The streams of one account.
struct Ears {
    wake: watch::Sender<()>,
    many: usize,
}

/// One stream's place, until it is dropped.
pub(crate) struct Listener {
    account_id: Uuid,
    live: Live,
    woken: watch::Receiver<()>,
}

impl Live {
    /// Listens to an account's notifications from now on.
    pub(crate) fn listen(&self, account_id: Uuid) -> Result<Listener, Error> {
        let mut listeners = self.listeners();
        if listeners.all >= MOST {
            return Err(Error::TooManyStreams);
        }
        let new = || Ears { wake: watch::Sender::new(()), many: 0 };
        let ears = listeners.by_account.entry(account_id).or_insert_with(new);
        if ears.many >= MOST_OF_ACCOUNT {
            return Err(Error::TooManyStreams);
        }
        ears.many += 1;
        let woken = ears.wake.subscribe();
        listeners.all += 1;
        drop(listeners);
        Ok(Listener { account_id, live: self.clone(), woken })
    }

    /// Hears of what is new until the shutdown.
    pub(crate) async fn run(self, pool: Pool, shutdown: CancellationToken) {
        let hear = async {
            loop {
                if let Err(error) = self.hear(&pool).await {
                    tracing::warn!(%error, "cannot hear of notifications; it is tried again");
                }
                tokio::time::sleep(RECONNECT_AFTER).await;
            }
        };
        shutdown.run_until_cancelled(hear).await;
    }

    /// Hears of what is new for as long as the connection holds.
    async fn hear(&self, pool: &Pool) -> Result<(), StoreError> {
        let mut conn = store::own_connection(pool).await?;
        say(&mut conn, &format!("LISTEN {CHANNEL}")).await?;
        // What was told while nobody heard.
        self.wake_all();
        loop {
            match tokio::time::timeout(SILENCE, next(&mut conn)).await {
                Ok(account_id) => self.wake(account_id?),
                Err(_) => say(&mut conn, "SELECT 1").await?,
            }
        }
    }

    fn wake(&self, account_id: Option<Uuid>) {
        let listeners = self.listeners();
        if let Some(ears) = account_id.and_then(|account_id| listeners.by_account.get(&account_id)) {
            ears.wake.send_replace(());
        }
    }

    fn wake_all(&self) {
        for ears in self.listeners().by_account.values() {
            ears.wake.send_replace(());
        }
    }

    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn say(conn: &mut AsyncPgConnection, sql: &str) -> Result<(), StoreError> {
    match tokio::time::timeout(PATIENCE, diesel::sql_query(sql).execute(conn)).await {
        Ok(said) => Ok(said.map(drop)?),
        Err(_) => Err(StoreError::Unavailable("the connection is silent".to_owned())),
    }
}

/// Whose box has something new.
async fn next(conn: &mut AsyncPgConnection) -> Result<Option<Uuid>, StoreError> {
    let mut told = std::pin::pin!(conn.notifications_stream());
    match told.next().await {
        Some(told) => Ok(told?.payload.parse().ok()),
        None => Err(StoreError::Unavailable("the connection has ended".to_owned())),
    }
}

impl Listener {
    /// Waits until there may be something new since the last time.
    pub(crate) async fn woken(&mut self) {
        // The other end is there for as long as this one is.
        let _ = self.woken.changed().await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut listeners = self.live.listeners();
        listeners.all -= 1;
        if let Some(ears) = listeners.by_account.get_mut(&self.account_id) {
            ears.many -= 1;
            if ears.many == 0 {
                listeners.by_account.remove(&self.account_id);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_who_listens_is_woken_and_places_are_given_back() {
        let (live, ann, ben) = (Live::default(), Uuid::from_u128(1), Uuid::from_u128(2));
        let mut of_ann: Vec<Listener> = (0..MOST_OF_ACCOUNT).map(|_| live.listen(ann).unwrap()).collect();
        assert_eq!(live.listen(ann).err(), Some(Error::TooManyStreams));
        let of_ben = live.listen(ben).unwrap();
        live.wake(Some(ann));
        of_ann[0].woken().await;
        assert!(!of_ben.woken.has_changed().unwrap());
        live.wake_all();
        assert!(of_ben.woken.has_changed().unwrap());
        drop((of_ann, of_ben));
        assert!(live.listeners().by_account.is_empty() && live.listeners().all == 0);
        live.listen(ann).unwrap();
    }
}
