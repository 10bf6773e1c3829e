//! Reads of single things, many of which one statement answers.

use std::{collections::HashMap, hash::Hash, sync::Arc};

use futures::future::BoxFuture;

use super::{
    Connection, Pool, StoreError, connection,
    replica::{reading, reading_replica},
};
use crate::together::{CutShort, Together};

/// Reads of things by their keys. What is asked for at the same time is read by one statement. Clones share it.
pub struct PointReads<K, V> {
    pool: Pool,
    read: Read<K, V>,
    together: Together<K, V, StoreError>,
}

type Read<K, V> =
    Arc<dyn Fn(Connection, Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, StoreError>> + Send + Sync>;

impl<K, V> Clone for PointReads<K, V> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), read: self.read.clone(), together: self.together.clone() }
    }
}

impl<K, V> PointReads<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    /// Reads by a function that changes nothing, and finds what there is of some keys, which may come more than once.
    pub fn new<F>(pool: Pool, read: impl Fn(Connection, Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, StoreError>> + Send + 'static,
    {
        let read: Read<K, V> = Arc::new(move |conn, keys| Box::pin(read(conn, keys)));
        let (primary, reads) = (pool.clone(), read.clone());
        let together = Together::new(move |keys| {
            let (primary, reads) = (primary.clone(), reads.clone());
            async move { reads(connection(&primary).await?, keys).await }
        });
        Self { pool, read, together }
    }

    /// Reads a thing, if it is there: from the replica where the call being served may be answered so, else from the primary.
    pub async fn get(&self, key: K) -> Result<Option<V>, StoreError> {
        // How old its answer may be is each call's own.
        if let Some(mut found) = reading_replica(&self.pool, |conn| (self.read)(conn, vec![key.clone()])).await {
            return Ok(found.remove(&key));
        }
        self.together.get(key).await
    }

    /// Reads several things: those of them that are there, each once, in the order of the keys.
    pub async fn get_all(&self, keys: &[K]) -> Result<Vec<V>, StoreError> {
        let mut found = reading(&self.pool, |conn| (self.read)(conn, keys.to_vec())).await?;
        Ok(keys.iter().filter_map(|key| found.remove(key)).collect())
    }
}

impl From<CutShort> for StoreError {
    fn from(error: CutShort) -> Self {
        Self::Internal(error.to_string())
    }
}
