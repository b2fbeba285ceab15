//! The states of a batch.

mod machine;

use std::time::Duration;

pub use machine::{BatchEffect, BatchEvent, mermaid, step};

use crate::names::names;

/// How long a batch that was seen to run is taken to run, by whoever begins a call of it: what is seen then by its claim is looked at again later.
pub const SEEN_RUNNING_FOR: Duration = Duration::from_millis(100);

/// How long after it holds a pause is answered: whatever began before has been sent by then, with time to spare for who is busy.
pub const PAUSE_SETTLES: Duration = Duration::from_millis(250);

names! {
    /// Where a batch stands (system.md, "State machines").
    pub enum BatchStatus {
        /// The model is being looked at; no cell may start.
        Preflight = "preflight",
        /// Cells may start.
        Running = "running",
        /// No cell may start until an operator decides.
        Paused = "paused",
        /// Every current cell is terminal.
        Completed = "completed",
        /// Called off; what runs may still commit.
        Cancelled = "cancelled",
        /// Preflight ended in a final error.
        Failed = "failed",
    }
}

names! {
    /// Why a batch is paused.
    pub enum PauseReason {
        /// A person asked.
        Operator = "operator",
        /// An observation differs from the lock.
        Drift = "drift",
        /// Preflight saw another version or fingerprint than the template holds to.
        Preflight = "preflight",
        /// The provider cannot serve: quota or billing.
        ProviderOutage = "provider_outage",
    }
}

names! {
    /// Under which lock a paused batch goes on (system.md, "A batch" 6).
    pub enum ResumeLock {
        /// The one in force: the provider is back to what it was.
        Same = "same",
        /// A new epoch, of what the provider is now.
        New = "new",
    }
}

impl ResumeLock {
    /// What it asks of the machine.
    #[must_use]
    pub const fn event(self) -> BatchEvent {
        match self {
            Self::Same => BatchEvent::ResumeSame,
            Self::New => BatchEvent::ResumeNew,
        }
    }
}

impl BatchStatus {
    /// Whether it rests: nothing starts any more, unless a retry takes a completed batch back to running.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Preflight | Self::Running | Self::Paused => false,
            Self::Completed | Self::Cancelled | Self::Failed => true,
        }
    }
}
