//! The states of a run.

mod machine;

pub use machine::{RunEffect, RunEvent, mermaid, step};

use crate::names::names;

names! {
    /// Where a run stands (system.md, "State machines").
    pub enum RunStatus {
        /// Waits to be due or to be claimed.
        Pending = "pending",
        /// A hint for it is in a queue.
        Queued = "queued",
        /// A worker holds its lease.
        Running = "running",
        /// Its result is recorded.
        Succeeded = "succeeded",
        /// It ended in a named error.
        Failed = "failed",
        /// It was called off before it started.
        Cancelled = "cancelled",
        /// Its result drifted from the lock and is kept apart.
        Quarantined = "quarantined",
    }
}

impl RunStatus {
    /// Whether a run in this state never changes again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Pending | Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Quarantined => true,
        }
    }
}
