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

    /// How often [`Pulse::stopped`] looks; at least four times.
    const LOOK: Duration = Duration::from_secs(1);
    const LOOKS_LEAST: u32 = 4;

    /// The loop went round.
    pub fn beat(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_ms.store(now, Ordering::Relaxed);
    }

    /// How long ago the last beat was.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.start.elapsed().saturating_sub(Duration::from_millis(self.last()))
    }

    fn last(&self) -> u64 {
        self.last_ms.load(Ordering::Relaxed)
    }

    /// Ends once there was no beat for `after`, as far as whoever watches was awake: a process that was stopped as a whole, or whose machine slept, tells
    /// nothing of its loop.
    pub async fn stopped(&self, after: Duration) {
        let look = Self::LOOK.min(after / Self::LOOKS_LEAST);
        let mut silence = Duration::ZERO;
        while silence < after {
            let (last, from) = (self.last(), Instant::now());
            tokio::time::sleep(look).await;
            let beat = self.last() != last;
            silence = if beat { Duration::ZERO } else { silence + from.elapsed().min(look * 2) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loop that goes round until it is ended.
    async fn go_round(pulse: Pulse) {
        loop {
            pulse.beat();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn a_loop_that_stands_still_is_noticed_and_one_that_goes_on_is_not() {
        let after = Duration::from_millis(300);
        let still = Pulse::default();
        still.stopped(after).await;
        assert!(still.age() >= after);
        let going = Pulse::default();
        let beating = tokio::spawn(go_round(going.clone()));
        assert!(tokio::time::timeout(after * 4, going.stopped(after)).await.is_err());
        beating.abort();
    }

    #[tokio::test]
    async fn a_process_that_stood_as_a_whole_goes_on() {
        let after = Duration::from_millis(400);
        let pulse = Pulse::default();
        let beating = tokio::spawn(go_round(pulse.clone()));
        let stopped = tokio::spawn(async move { pulse.stopped(after).await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        // Neither the loop nor who watches it has this thread meanwhile.
        std::thread::sleep(after * 3);
        tokio::time::sleep(after / 2).await;
        assert!(!stopped.is_finished());
        beating.abort();
        tokio::time::timeout(after * 4, stopped).await.expect("now it stands still alone").unwrap();
    }
}
