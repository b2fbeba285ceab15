//! One flight for all callers of one process.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::VersionsError;

type Outcome<T> = Option<Result<T, VersionsError>>;

/// Flights under way by key; each runs as a task of its own, so that a caller who leaves takes nobody's result along.
pub(crate) struct SharedFlights<K, T> {
    flights: Mutex<HashMap<K, watch::Receiver<Outcome<T>>>>,
}

impl<K: Eq + Hash + Copy, T: Clone + Send + Sync + 'static> SharedFlights<K, T> {
    pub(crate) fn new() -> Self {
        Self { flights: Mutex::new(HashMap::new()) }
    }

    /// Waits for the flight under way, or for the one that `start` makes.
    pub(crate) async fn join<F>(&self, key: K, start: impl FnOnce() -> F) -> Result<T, VersionsError>
    where
        F: Future<Output = Result<T, VersionsError>> + Send + 'static,
    {
        let mut flight = self.under_way(key, start);
        match flight.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or(Err(VersionsError::Interrupted)),
            Err(_closed) => Err(VersionsError::Interrupted),
        }
    }

    fn under_way<F>(&self, key: K, start: impl FnOnce() -> F) -> watch::Receiver<Outcome<T>>
    where
        F: Future<Output = Result<T, VersionsError>> + Send + 'static,
    {
        // A panic while the map is held cannot leave it half changed: one insert is all that happens under the lock.
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key) {
            // A flight that has its result, or whose task is gone, is over: the next caller starts its own.
            if flight.borrow().is_none() && flight.has_changed().is_ok() {
                return flight.clone();
            }
        }
        let (send, flight) = watch::channel(None);
        let work = start();
        tokio::spawn(async move {
            let outcome = work.await;
            // Nobody left to listen is no failure: the result stands in the cache.
            send.send_replace(Some(outcome));
        });
        flights.insert(key, flight.clone());
        flight
    }
}
