//! What this process did, as the fleet is told of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use stet_coord::Work;
use tokio::sync::Semaphore;

/// Counts of one worker; cheap to clone.
#[derive(Clone)]
pub struct Tally(Arc<Counts>);

struct Counts {
    slots: Arc<Semaphore>,
    concurrency: u64,
    cells_ended: AtomicU64,
    slots_held_ms: AtomicU64,
}

impl Tally {
    /// Counts of a worker with these slots.
    pub(crate) fn of(slots: Arc<Semaphore>, concurrency: u32) -> Self {
        let concurrency = u64::from(concurrency);
        Self(Arc::new(Counts {
            slots,
            concurrency,
            cells_ended: AtomicU64::new(0),
            slots_held_ms: AtomicU64::new(0),
        }))
    }

    /// A cell's end was written, so long after its claim.
    pub(crate) fn ended(&self, held: Duration) {
        self.0.cells_ended.fetch_add(1, Ordering::Relaxed);
        let held_ms = u64::try_from(held.as_millis()).unwrap_or(u64::MAX);
        self.0.slots_held_ms.fetch_add(held_ms, Ordering::Relaxed);
    }

    /// What was done since the start.
    #[must_use]
    pub fn work(&self) -> Work {
        Work {
            in_flight: self.0.concurrency.saturating_sub(self.0.slots.available_permits() as u64),
            cells_ended: self.0.cells_ended.load(Ordering::Relaxed),
            slots_held_ms: self.0.slots_held_ms.load(Ordering::Relaxed),
        }
    }
}
