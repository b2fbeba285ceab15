//! The batch's state machine: pure, every pair of state and event decided (system.md, "State machines").
//!
//! A step that leads to its own state without an effect changes nothing: the answer to a request made twice
//! (`changed: false`), or to news from a call that was in flight when the batch had already stopped.

use super::BatchStatus::{Cancelled, Completed, Failed, Paused, Preflight, Running};
use super::{BatchStatus, PauseReason};
use crate::machine::{Illegal, Step};
use crate::names::names;

names! {
    /// What can happen to a batch.
    pub enum BatchEvent {
        /// Preflight observed what the template holds to.
        PreflightPassed = "preflight_passed",
        /// Preflight observed another version, or a fingerprint that is not allowed or not offered.
        PreflightRefused = "preflight_refused",
        /// Preflight ended in a final error.
        PreflightFailed = "preflight_failed",
        /// A result drifted from the lock under the policy `hard`.
        Drift = "drift",
        /// The provider cannot serve until a person acts on the account.
        Outage = "outage",
        /// An operator asks for a pause.
        Pause = "pause",
        /// An operator resumes under the lock in force.
        ResumeSame = "resume_same",
        /// An operator resumes under a new lock.
        ResumeNew = "resume_new",
        /// An operator calls it off.
        Cancel = "cancel",
        /// An operator has failed or quarantined cells run again.
        RetryCells = "retry_cells",
        /// Every current cell is terminal.
        AllTerminal = "all_terminal",
    }
}

impl BatchEvent {
    /// The reason of the pause that this event leads to, where it leads to one.
    #[must_use]
    pub const fn pause_reason(self) -> Option<PauseReason> {
        match self {
            Self::PreflightRefused => Some(PauseReason::Preflight),
            Self::Drift => Some(PauseReason::Drift),
            Self::Outage => Some(PauseReason::ProviderOutage),
            Self::Pause => Some(PauseReason::Operator),
            Self::PreflightPassed
            | Self::PreflightFailed
            | Self::ResumeSame
            | Self::ResumeNew
            | Self::Cancel
            | Self::RetryCells
            | Self::AllTerminal => None,
        }
    }
}

names! {
    /// What a transition asks of the store, in the same transaction.
    pub enum BatchEffect {
        /// The first or a further lock epoch is written; it is the one in force.
        OpenEpoch = "open_epoch",
        /// The observation is checked against the lock in force; no epoch is written.
        KeepEpoch = "keep_epoch",
        /// Who, when and why are written.
        RecordDecision = "record_decision",
        /// The reason of the pause is written, and no cell starts from now on.
        HoldCells = "hold_cells",
        /// Cells may start again: a doorbell is due.
        RingCells = "ring_cells",
        /// Runs that have not started are cancelled.
        CancelWaiting = "cancel_waiting",
        /// New runs with `rerun_index + 1` are inserted for the cells.
        InsertReruns = "insert_reruns",
        /// The summary of the completed batch is written.
        Summarise = "summarise",
    }
}

type Decided = Result<Step<BatchStatus, BatchEffect>, Illegal>;

/// One step of a batch.
///
/// # Errors
/// [`Illegal`] for an event that cannot happen in that state.
pub const fn step(state: BatchStatus, event: BatchEvent) -> Decided {
    match state {
        Preflight => from_preflight(event),
        Running => from_running(event),
        Paused => from_paused(event),
        Completed => from_completed(event),
        Cancelled => from_cancelled(event),
        Failed => Err(illegal(Failed, event)),
    }
}

const BEGIN: &[BatchEffect] = &[BatchEffect::OpenEpoch, BatchEffect::RingCells];
const REFUSE: &[BatchEffect] = &[BatchEffect::RecordDecision, BatchEffect::HoldCells];
const HOLD: &[BatchEffect] = &[BatchEffect::RecordDecision, BatchEffect::HoldCells];
const END: &[BatchEffect] = &[BatchEffect::RecordDecision, BatchEffect::CancelWaiting];
const RESUME_SAME: &[BatchEffect] =
    &[BatchEffect::KeepEpoch, BatchEffect::RecordDecision, BatchEffect::RingCells];
const RESUME_NEW: &[BatchEffect] =
    &[BatchEffect::OpenEpoch, BatchEffect::RecordDecision, BatchEffect::RingCells];
const RERUN: &[BatchEffect] =
    &[BatchEffect::RecordDecision, BatchEffect::InsertReruns, BatchEffect::RingCells];
const RERUN_HELD: &[BatchEffect] = &[BatchEffect::RecordDecision, BatchEffect::InsertReruns];
const COMPLETE: &[BatchEffect] = &[BatchEffect::Summarise];

const fn from_preflight(event: BatchEvent) -> Decided {
    match event {
        BatchEvent::PreflightPassed => Ok(Step::to(Running, BEGIN)),
        BatchEvent::PreflightRefused => Ok(Step::to(Paused, REFUSE)),
        BatchEvent::PreflightFailed => Ok(Step::to(Failed, END)),
        BatchEvent::Outage | BatchEvent::Pause => Ok(Step::to(Paused, HOLD)),
        BatchEvent::Cancel => Ok(Step::to(Cancelled, END)),
        BatchEvent::Drift
        | BatchEvent::ResumeSame
        | BatchEvent::ResumeNew
        | BatchEvent::RetryCells
        | BatchEvent::AllTerminal => Err(illegal(Preflight, event)),
    }
}

const fn from_running(event: BatchEvent) -> Decided {
    match event {
        BatchEvent::Drift | BatchEvent::Outage | BatchEvent::Pause => Ok(Step::to(Paused, HOLD)),
        BatchEvent::Cancel => Ok(Step::to(Cancelled, END)),
        BatchEvent::RetryCells => Ok(Step::to(Running, RERUN)),
        BatchEvent::AllTerminal => Ok(Step::to(Completed, COMPLETE)),
        // The second of two resumes finds what the first brought about.
        BatchEvent::ResumeSame | BatchEvent::ResumeNew => Ok(Step::to(Running, &[])),
        BatchEvent::PreflightPassed | BatchEvent::PreflightRefused | BatchEvent::PreflightFailed => {
            Err(illegal(Running, event))
        }
    }
}

const fn from_paused(event: BatchEvent) -> Decided {
    match event {
        BatchEvent::ResumeSame => Ok(Step::to(Running, RESUME_SAME)),
        BatchEvent::ResumeNew => Ok(Step::to(Running, RESUME_NEW)),
        BatchEvent::Cancel => Ok(Step::to(Cancelled, END)),
        BatchEvent::RetryCells => Ok(Step::to(Paused, RERUN_HELD)),
        // The first reason stands; a paused batch never completes by itself, even with no cell left.
        BatchEvent::Drift | BatchEvent::Outage | BatchEvent::Pause | BatchEvent::AllTerminal => {
            Ok(Step::to(Paused, &[]))
        }
        BatchEvent::PreflightPassed | BatchEvent::PreflightRefused | BatchEvent::PreflightFailed => {
            Err(illegal(Paused, event))
        }
    }
}

const fn from_completed(event: BatchEvent) -> Decided {
    match event {
        BatchEvent::RetryCells => Ok(Step::to(Running, RERUN)),
        BatchEvent::AllTerminal => Ok(Step::to(Completed, &[])),
        BatchEvent::PreflightPassed
        | BatchEvent::PreflightRefused
        | BatchEvent::PreflightFailed
        | BatchEvent::Drift
        | BatchEvent::Outage
        | BatchEvent::Pause
        | BatchEvent::ResumeSame
        | BatchEvent::ResumeNew
        | BatchEvent::Cancel => Err(illegal(Completed, event)),
    }
}

const fn from_cancelled(event: BatchEvent) -> Decided {
    match event {
        // Runs in flight still commit, and what they bring changes nothing any more.
        BatchEvent::Cancel | BatchEvent::Drift | BatchEvent::Outage | BatchEvent::AllTerminal => {
            Ok(Step::to(Cancelled, &[]))
        }
        BatchEvent::PreflightPassed
        | BatchEvent::PreflightRefused
        | BatchEvent::PreflightFailed
        | BatchEvent::Pause
        | BatchEvent::ResumeSame
        | BatchEvent::ResumeNew
        | BatchEvent::RetryCells => Err(illegal(Cancelled, event)),
    }
}

const fn illegal(state: BatchStatus, event: BatchEvent) -> Illegal {
    Illegal { machine: "batch", state: state.as_str(), event: event.as_str() }
}

/// The machine as a Mermaid state diagram, generated from [`step`].
#[must_use]
pub fn mermaid() -> String {
    crate::machine::mermaid(
        &[Preflight],
        BatchStatus::ALL,
        BatchEvent::ALL,
        BatchStatus::as_str,
        BatchEvent::as_str,
        BatchStatus::is_terminal,
        step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGAL: &[(BatchStatus, BatchEvent, BatchStatus, &[BatchEffect])] = &[
        (Preflight, BatchEvent::PreflightPassed, Running, BEGIN),
        (Preflight, BatchEvent::PreflightRefused, Paused, REFUSE),
        (Preflight, BatchEvent::PreflightFailed, Failed, END),
        (Preflight, BatchEvent::Outage, Paused, HOLD),
        (Preflight, BatchEvent::Pause, Paused, HOLD),
        (Preflight, BatchEvent::Cancel, Cancelled, END),
        (Running, BatchEvent::Drift, Paused, HOLD),
        (Running, BatchEvent::Outage, Paused, HOLD),
        (Running, BatchEvent::Pause, Paused, HOLD),
        (Running, BatchEvent::Cancel, Cancelled, END),
        (Running, BatchEvent::RetryCells, Running, RERUN),
        (Running, BatchEvent::AllTerminal, Completed, COMPLETE),
        (Running, BatchEvent::ResumeSame, Running, &[]),
        (Running, BatchEvent::ResumeNew, Running, &[]),
        (Paused, BatchEvent::ResumeSame, Running, RESUME_SAME),
        (Paused, BatchEvent::ResumeNew, Running, RESUME_NEW),
        (Paused, BatchEvent::Cancel, Cancelled, END),
        (Paused, BatchEvent::RetryCells, Paused, RERUN_HELD),
        (Paused, BatchEvent::Drift, Paused, &[]),
        (Paused, BatchEvent::Outage, Paused, &[]),
        (Paused, BatchEvent::Pause, Paused, &[]),
        (Paused, BatchEvent::AllTerminal, Paused, &[]),
        (Completed, BatchEvent::RetryCells, Running, RERUN),
        (Completed, BatchEvent::AllTerminal, Completed, &[]),
        (Cancelled, BatchEvent::Cancel, Cancelled, &[]),
        (Cancelled, BatchEvent::Drift, Cancelled, &[]),
        (Cancelled, BatchEvent::Outage, Cancelled, &[]),
        (Cancelled, BatchEvent::AllTerminal, Cancelled, &[]),
    ];

    #[test]
    fn every_pair_is_decided_by_the_table() {
        for state in BatchStatus::ALL {
            for event in BatchEvent::ALL {
                let expected = LEGAL
                    .iter()
                    .find(|(from, on, ..)| (from, on) == (state, event))
                    .map(|(_, _, to, effects)| Step::to(*to, effects))
                    .ok_or(illegal(*state, *event));
                assert_eq!(step(*state, *event), expected, "{state} + {event}");
            }
        }
    }

    #[test]
    fn every_change_into_paused_has_a_reason_and_no_other_has() {
        for (from, event, to, _) in LEGAL {
            if from != to {
                assert_eq!(*to == Paused, event.pause_reason().is_some(), "{from} + {event}");
            }
        }
    }

    #[test]
    fn the_diagram_shows_every_change_of_state() {
        let diagram = mermaid();
        assert!(diagram.contains("    preflight --> running: preflight_passed\n"), "{diagram}");
        assert!(diagram.contains("    paused --> running: resume_same, resume_new\n"), "{diagram}");
        assert!(!diagram.contains("cancelled --> cancelled"), "{diagram}");
    }
}
