//! How many connections are open, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many connections are open at once; more wait to be accepted.
const MAX_CONNECTIONS: usize = 4096;
/// How many of them one address may have; more are closed at once.
const MAX_PER_ADDRESS: usize = 1024;

/// The places for connections.
#[derive(Clone)]
pub(super) struct Places {
    free: Arc<Semaphore>,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place that no address has yet.
pub(super) struct FreePlace(OwnedSemaphorePermit);

/// A place that an address has, until it is dropped.
pub(super) struct Place {
    places: Places,
    address: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Places {
    pub(super) fn new() -> Self {
        Self { free: Arc::new(Semaphore::new(MAX_CONNECTIONS)), taken: Arc::default() }
    }

    /// Waits for a free place.
    pub(super) async fn free(&self) -> Option<FreePlace> {
        self.free.clone().acquire_owned().await.ok().map(FreePlace)
    }

    /// Gives a place to an address, unless it has its share already.
    pub(super) fn take(&self, FreePlace(permit): FreePlace, address: IpAddr) -> Option<Place> {
        let mut taken = self.taken();
        let count = taken.entry(address).or_default();
        if *count >= MAX_PER_ADDRESS {
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place { places: self.clone(), address, _permit: permit })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        let left = taken.get(&self.address).map_or(0, |count| count - 1);
        if left == 0 {
            taken.remove(&self.address);
        } else {
            taken.insert(self.address, left);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn one_address_leaves_places_to_others() {
        let places = Places::new();
        let (greedy, other) = (Ipv4Addr::LOCALHOST.into(), Ipv4Addr::new(192, 0, 2, 1).into());
        let mut held = Vec::new();
        while let Some(place) = places.take(places.free().await.unwrap(), greedy) {
            held.push(place);
        }
        assert_eq!(held.len(), MAX_PER_ADDRESS);
        assert!(places.take(places.free().await.unwrap(), other).is_some());
        held.pop();
        assert!(places.take(places.free().await.unwrap(), greedy).is_some());
        held.clear();
        assert_eq!((places.free.available_permits(), places.taken().len()), (MAX_CONNECTIONS, 0));
    }
}
