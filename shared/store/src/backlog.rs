//! What waits, by provider: counts over all orgs, for who decides how many workers there should be.

use stet_domain::Provider;
use stet_domain::clock::Timestamp;

/// What waits for one provider, in running batches and as single runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Who would be called.
    pub provider: Provider,
    /// Runs that have not begun, due or not.
    pub waiting: u64,
    /// Runs under a lease.
    pub running: u64,
    /// How many of both may be under way at once by the bounds of their batches (`max_parallel`).
    pub room: u64,
    /// Since when the first of what is due waits; `None` where nothing is due.
    pub oldest_due: Option<Timestamp>,
}
