//! The sealing of terminal runs, off the path of commits (system.md, "Immutability and integrity").

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use stet_domain::clock::Timestamp;
use stet_domain::metric::Metric;
use stet_ops::{OpError, Ops, Unsealed};

/// What was recorded so shortly before a look is left to the next: by so much, and by what the looks took, a database's clock may lag without anybody noticing.
const MARGIN: Duration = Duration::from_millis(100);

/// Seals, round by round, what was recorded before the round before: by then every transaction that could still add to it has ended.
#[derive(Debug, Default)]
pub(crate) struct Sealer {
    before: Mutex<Option<Look>>,
}

/// What a look found, and when by this process's own clock.
#[derive(Debug, Clone)]
struct Look {
    found: Unsealed,
    asked_at: Instant,
    took: Duration,
}

impl Look {
    /// Up to where nothing more can be recorded, as the next look shows; `None` where that cannot be said. A transaction that began after this look records later by
    /// its number, and by the clock only as long as that goes on: where it went back, as it may when another server takes over, what it passes twice is sealed later.
    fn settled_by(&self, next: &Self) -> Option<Timestamp> {
        let (before, after) = (&self.found.horizon, &next.found.horizon);
        let least = next.asked_at.duration_since(self.asked_at).saturating_sub(self.took);
        let went_on = after.at.0 - before.at.0 + micros(MARGIN) >= micros(least);
        let until = before.at.0 - micros(MARGIN + self.took + next.took);
        (went_on && after.has_settled(before)).then_some(Timestamp(until))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl Sealer {
    pub(crate) async fn round(&self, ops: &Ops) -> Result<(), OpError> {
        let asked_at = Instant::now();
        let found = ops.unsealed().await?;
        let look = Look { found, asked_at, took: asked_at.elapsed() };
        #[expect(clippy::cast_precision_loss, reason = "an age in seconds is far below 2^52")]
        metrics::gauge!(Metric::UnsealedAgeSeconds.name()).set(look.found.age_seconds() as f64);
        let Some(before) = self.kept() else {
            self.keep(look);
            return Ok(());
        };
        let Some(until) = before.settled_by(&look) else {
            tracing::debug!(
                "a transaction is open since the round before, or the clock went back: nothing is sealed yet"
            );
            if look.found.horizon.has_settled(&before.found.horizon) {
                self.keep(look);
            }
            return Ok(());
        };
        self.keep(look);
        let mut records = 0;
        for (org, _) in &before.found.orgs {
            loop {
                let sealed = ops.seal_segments(org, until).await?;
                metrics::counter!(Metric::RecordsSealed.name()).increment(sealed.records);
                records += sealed.records;
                if !sealed.more {
                    break;
                }
            }
        }
        if records > 0 {
            tracing::debug!(records, "terminal runs were sealed");
        }
        Ok(())
    }

    fn kept(&self) -> Option<Look> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, look: Look) {
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(look);
    }
}

#[cfg(test)]
mod tests {
    use stet_store::Horizon;

    use super::*;

    fn look(asked_at: Instant, at_ms: i64, (oldest_open, next): (i64, i64)) -> Look {
        let horizon = Horizon { at: Timestamp(at_ms * 1_000), oldest_open, next };
        Look { found: Unsealed { horizon, orgs: Vec::new() }, asked_at, took: Duration::from_millis(10) }
    }

    #[test]
    fn what_is_sealed_was_recorded_before_anything_that_is_open() {
        let start = Instant::now();
        let before = look(start, 10_000, (7, 9));
        let after = |seconds, at_ms, numbers| look(start + Duration::from_secs(seconds), at_ms, numbers);
        let settled = |next: &Look| before.settled_by(next).map(|until| until.0 / 1_000);
        assert_eq!(settled(&after(15, 25_000, (9, 12))), Some(9_880));
        assert_eq!(
            settled(&after(15, 24_890, (9, 12))),
            Some(9_880),
            "a clock that lags by as much as is left out"
        );
        assert_eq!(settled(&after(15, 25_000, (8, 12))), None, "a transaction is open since then");
        // The clock went back between the two by more than the margin, and is behind or before where it was.
        for at_ms in [24_889, 12_000, 9_000] {
            assert_eq!(settled(&after(15, at_ms, (9, 12))), None, "{at_ms}");
        }
    }
}
