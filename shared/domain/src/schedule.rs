//! Schedules: recurring batches, exactly one a due time.

mod cadence;
mod machine;
mod turn;

pub use cadence::{Cadence, MAX_CRON_CHARS};
pub use machine::{ScheduleEffect, ScheduleEvent, mermaid, step};
pub use turn::{DueSpan, MAX_DUE_TIMES, Turn};

use crate::names::names;

names! {
    /// Where a schedule stands.
    pub enum ScheduleState {
        /// Its due times make batches.
        Active = "active",
        /// Its due times pass without a batch.
        Paused = "paused",
        /// It makes no batch any more.
        Ended = "ended",
    }
}

names! {
    /// What becomes of due times that passed while nobody looked.
    pub enum CatchUp {
        /// The last of them makes a batch, the others are told as missed.
        Latest = "latest",
        /// Each makes a batch, one after the other.
        All = "all",
    }
}

names! {
    /// What became of a due time.
    pub enum FireOutcome {
        /// It made a batch.
        Fired = "fired",
        /// Its batch was refused, and the code says why.
        Failed = "failed",
        /// It had passed before anybody looked, and a later one made the batch.
        Missed = "missed",
        /// It passed while the schedule was paused.
        Paused = "paused",
    }
}
