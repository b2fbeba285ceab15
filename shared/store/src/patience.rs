//! How long a caller waits for its turn at the database: for a connection, and for rows that others hold.

use std::cell::Cell;
use std::time::Duration;

tokio::task_local! {
    static LEFT: Cell<Duration>;
}

/// The waits of one caller, bounded together: a client is told to come again instead of hanging. Work is not counted, waiting is.
///
/// Where nobody sets a bound there is none beyond that of the pool: who executes cells has leases to keep, and waits.
#[derive(Debug, Clone, Copy)]
pub struct Patience;

impl Patience {
    /// Does the work; for all transactions that this task begins in it, it waits `most` at most.
    pub async fn bounded<T>(most: Duration, work: impl Future<Output = T>) -> T {
        LEFT.scope(Cell::new(most), work).await
    }

    /// What is left of it; `None` where no bound is set.
    #[must_use]
    pub fn left() -> Option<Duration> {
        LEFT.try_with(Cell::get).ok()
    }

    /// Takes off what was waited.
    pub fn spend(waited: Duration) {
        // Without a bound there is nothing to take it off.
        LEFT.try_with(|left| left.set(left.get().saturating_sub(waited))).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waits_are_taken_off_together_and_nobody_elses() {
        assert_eq!(Patience::left(), None);
        Patience::spend(Duration::from_secs(1));
        let left = Patience::bounded(Duration::from_secs(4), async {
            Patience::spend(Duration::from_secs(3));
            tokio::task::yield_now().await;
            let left = Patience::left();
            Patience::spend(Duration::from_secs(3));
            (left, Patience::left(), tokio::spawn(async { Patience::left() }).await.unwrap())
        });
        assert_eq!(left.await, (Some(Duration::from_secs(1)), Some(Duration::ZERO), None));
        assert_eq!(Patience::left(), None);
    }
}
