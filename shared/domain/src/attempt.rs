//! Attempts: tries at a run, append-only.

use crate::names::names;

names! {
    /// How an attempt ended; an attempt without an end is one that is running, or was lost with its process.
    pub enum AttemptOutcome {
        /// Its result was recorded.
        Recorded = "recorded",
        /// It ended in a retryable error and the run waits for the next.
        Retried = "retried",
        /// Its lease had passed to another claim: nothing was written.
        Fenced = "fenced",
        /// The sweeper found its lease expired.
        Lost = "lost",
        /// It was handed back unfinished at shutdown; no attempt is burned.
        Released = "released",
    }
}
