//! Whether the loop that listens to the queue still goes round.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The pulse of a listening loop: it beats whenever the loop is polled, whether or not there is anything to hear.
#[derive(Debug, Clone)]
pub struct Pulse {
    start: Instant,
    last_ms: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { start: Instant::now(), last_ms: Arc::default() }
    }
}

impl Pulse {
    /// A loop that was not polled for so long has stopped (reliability.md rule 7).
    pub const STOPPED_AFTER: Duration = Duration::from_mins(1);

    /// How often [`Pulse::stopped`] looks.
    const LOOK: Duration = Duration::from_secs(1);

    /// The loop went round.
    pub fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(now, Ordering::Relaxed);
    }

    /// How long ago the last beat was.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last_ms.load(Ordering::Relaxed)))
    }

    /// Ends once there was no beat for `after`.
    pub async fn stopped(&self, after: Duration) {
        while self.age() < after {
            tokio::time::sleep(Self::LOOK.min(after)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_loop_that_stands_still_is_noticed_and_one_that_goes_on_is_not() {
        let after = Duration::from_millis(300);
        let still = Pulse::default();
        still.stopped(after).await;
        assert!(still.age() >= after);
        let going = Pulse::default();
        let beats = going.clone();
        let beating = tokio::spawn(async move {
            loop {
                beats.beat();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(tokio::time::timeout(after * 4, going.stopped(after)).await.is_err());
        beating.abort();
    }
}
