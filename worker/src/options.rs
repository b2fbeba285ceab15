//! What a worker may be told.

use std::time::Duration;

/// Settings of one worker.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Cells in flight at once (`WORKER_CONCURRENCY`).
    pub concurrency: u32,
    /// How long a claim holds without renewal (`LEASE_SECONDS`).
    pub lease_seconds: u32,
    /// How long a drain may take (`SHUTDOWN_GRACE_SECONDS`).
    pub shutdown_grace: Duration,
}

impl WorkerOptions {
    /// At most so many runs are claimed in one statement.
    pub const CLAIM_MAX: u32 = 500;
    /// At most so many results are committed in one transaction.
    pub const COMMIT_MAX: usize = 500;
    /// How long the first result of a group waits for others.
    pub const COMMIT_WINDOW: Duration = Duration::from_millis(3);
    /// How long the first freed slot, and the first hint while others are worked off, waits for others before the next claim.
    pub const CLAIM_WINDOW: Duration = Duration::from_millis(4);
    /// The rows are looked at so often even when no bell rings: a bell may be lost.
    pub const POLL: Duration = Duration::from_millis(500);
    /// The same where a queue hints at what is due: a hint may be lost, and the scheduler rings again.
    pub const POLL_BESIDE_HINTS: Duration = Duration::from_secs(2);
    /// Hints that wait in the process beside the one that is worked off, so that a slot that comes free finds the next; no more, for another may be idle.
    pub const HINTS_WAITING: usize = 1;

    /// So many free slots do not wait for others: an eighth of all. What one claim and one commit cost beside their runs is paid eight times a turn of all
    /// slots, not once a handful.
    #[must_use]
    pub fn claim_least(&self) -> u32 {
        (self.concurrency / 8).clamp(1, Self::CLAIM_MAX)
    }

    /// The lease.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds))
    }

    /// How often leases are renewed: a quarter of the lease, 15 s of 60 (reliability.md rule 3).
    #[must_use]
    pub fn renew_every(&self) -> Duration {
        self.lease() / 4
    }

    /// How old a renewal may be before the work under it stops: the lease less a sixth, 50 s of 60 (reliability.md rule 3).
    #[must_use]
    pub fn trust_lease_for(&self) -> Duration {
        self.lease() * 5 / 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_lease_gives_the_figures_of_the_rule() {
        let options = WorkerOptions { concurrency: 1, lease_seconds: 60, shutdown_grace: Duration::ZERO };
        assert_eq!(options.renew_every(), Duration::from_secs(15));
        assert_eq!(options.trust_lease_for(), Duration::from_secs(50));
    }
}
