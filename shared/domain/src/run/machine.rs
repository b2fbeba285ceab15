//! The run's state machine: pure, every pair of state and event decided (system.md, "State machines").

use super::RunStatus;
use super::RunStatus::{Cancelled, Failed, Pending, Quarantined, Queued, Running, Succeeded};
use crate::machine::{Illegal, Step};
use crate::names::names;

names! {
    /// What can happen to a run.
    pub enum RunEvent {
        /// A hint for it was handed to a queue.
        Ring = "ring",
        /// Its hint met a paused batch, or is lost.
        Unring = "unring",
        /// A worker takes its lease.
        Claim = "claim",
        /// A worker takes it from one whose lease has expired.
        TakeOver = "take_over",
        /// Its attempt ended in a retryable error that counts.
        Retry = "retry",
        /// Its attempt ended in what burns none: a 429, a provider outage, a pause.
        Defer = "defer",
        /// Its worker hands it back at shutdown.
        Release = "release",
        /// The sweeper found its lease expired.
        Lose = "lose",
        /// Its attempt brought a result.
        Succeed = "succeed",
        /// Its attempt ended in a final error, or its attempts are used up.
        Fail = "fail",
        /// Its attempt brought a result that drifted from the lock.
        Quarantine = "quarantine",
        /// Its batch ended before it started.
        Cancel = "cancel",
    }
}

names! {
    /// What a transition asks of the store, in the same transaction.
    pub enum RunEffect {
        /// The fence grows by one, so that an earlier claim writes nothing more.
        AdvanceFence = "advance_fence",
        /// The lease ends `LEASE_SECONDS` from now, by the database's clock.
        TakeLease = "take_lease",
        /// The lease ends at once.
        DropLease = "drop_lease",
        /// An attempt row stands before the first provider call.
        OpenAttempt = "open_attempt",
        /// The attempt ends as `recorded`, with its exchanges.
        RecordAttempt = "record_attempt",
        /// The attempt ends as `retried`, with its exchanges.
        RetryAttempt = "retry_attempt",
        /// The attempt ends as `released`.
        ReleaseAttempt = "release_attempt",
        /// The attempt ends as `lost`.
        LoseAttempt = "lose_attempt",
        /// `retry_index` grows by one.
        CountRetry = "count_retry",
        /// `crash_count` grows by one.
        CountCrash = "count_crash",
        /// `available_at` is set by the retry policy.
        Delay = "delay",
        /// The result, its hashes and its HMAC are written, and the row never changes again.
        Seal = "seal",
    }
}

/// One step of a run.
///
/// # Errors
/// [`Illegal`] for an event that cannot happen in that state; a terminal run takes none.
pub const fn step(state: RunStatus, event: RunEvent) -> Result<Step<RunStatus, RunEffect>, Illegal> {
    match state {
        Pending => from_pending(event),
        Queued => from_queued(event),
        Running => from_running(event),
        Succeeded | Failed | Cancelled | Quarantined => Err(illegal(state, event)),
    }
}

const CLAIM: &[RunEffect] = &[RunEffect::AdvanceFence, RunEffect::TakeLease, RunEffect::OpenAttempt];
const TAKE_OVER: &[RunEffect] = &[
    RunEffect::LoseAttempt,
    RunEffect::CountCrash,
    RunEffect::AdvanceFence,
    RunEffect::TakeLease,
    RunEffect::OpenAttempt,
];
const RETRY: &[RunEffect] =
    &[RunEffect::RetryAttempt, RunEffect::CountRetry, RunEffect::Delay, RunEffect::DropLease];
const DEFER: &[RunEffect] = &[RunEffect::RetryAttempt, RunEffect::Delay, RunEffect::DropLease];
const RELEASE: &[RunEffect] = &[RunEffect::ReleaseAttempt, RunEffect::AdvanceFence, RunEffect::DropLease];
const LOSE: &[RunEffect] =
    &[RunEffect::LoseAttempt, RunEffect::CountCrash, RunEffect::Delay, RunEffect::DropLease];
const END: &[RunEffect] = &[RunEffect::RecordAttempt, RunEffect::Seal, RunEffect::DropLease];
const CALL_OFF: &[RunEffect] = &[RunEffect::Seal];

const fn from_pending(event: RunEvent) -> Result<Step<RunStatus, RunEffect>, Illegal> {
    match event {
        RunEvent::Ring => Ok(Step::to(Queued, &[])),
        RunEvent::Claim => Ok(Step::to(Running, CLAIM)),
        RunEvent::Cancel => Ok(Step::to(Cancelled, CALL_OFF)),
        RunEvent::Unring
        | RunEvent::TakeOver
        | RunEvent::Retry
        | RunEvent::Defer
        | RunEvent::Release
        | RunEvent::Lose
        | RunEvent::Succeed
        | RunEvent::Fail
        | RunEvent::Quarantine => Err(illegal(Pending, event)),
    }
}

const fn from_queued(event: RunEvent) -> Result<Step<RunStatus, RunEffect>, Illegal> {
    match event {
        RunEvent::Unring => Ok(Step::to(Pending, &[])),
        RunEvent::Claim => Ok(Step::to(Running, CLAIM)),
        RunEvent::Cancel => Ok(Step::to(Cancelled, CALL_OFF)),
        RunEvent::Ring
        | RunEvent::TakeOver
        | RunEvent::Retry
        | RunEvent::Defer
        | RunEvent::Release
        | RunEvent::Lose
        | RunEvent::Succeed
        | RunEvent::Fail
        | RunEvent::Quarantine => Err(illegal(Queued, event)),
    }
}

const fn from_running(event: RunEvent) -> Result<Step<RunStatus, RunEffect>, Illegal> {
    match event {
        RunEvent::TakeOver => Ok(Step::to(Running, TAKE_OVER)),
        RunEvent::Retry => Ok(Step::to(Pending, RETRY)),
        RunEvent::Defer => Ok(Step::to(Pending, DEFER)),
        RunEvent::Release => Ok(Step::to(Pending, RELEASE)),
        RunEvent::Lose => Ok(Step::to(Pending, LOSE)),
        RunEvent::Succeed => Ok(Step::to(Succeeded, END)),
        RunEvent::Fail => Ok(Step::to(Failed, END)),
        RunEvent::Quarantine => Ok(Step::to(Quarantined, END)),
        RunEvent::Ring | RunEvent::Unring | RunEvent::Claim | RunEvent::Cancel => {
            Err(illegal(Running, event))
        }
    }
}

const fn illegal(state: RunStatus, event: RunEvent) -> Illegal {
    Illegal { machine: "run", state: state.as_str(), event: event.as_str() }
}

/// The machine as a Mermaid state diagram, generated from [`step`].
#[must_use]
pub fn mermaid() -> String {
    crate::machine::mermaid(
        &[Pending],
        RunStatus::ALL,
        RunEvent::ALL,
        RunStatus::as_str,
        RunEvent::as_str,
        RunStatus::is_terminal,
        step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGAL: &[(RunStatus, RunEvent, RunStatus, &[RunEffect])] = &[
        (Pending, RunEvent::Ring, Queued, &[]),
        (Pending, RunEvent::Claim, Running, CLAIM),
        (Pending, RunEvent::Cancel, Cancelled, CALL_OFF),
        (Queued, RunEvent::Unring, Pending, &[]),
        (Queued, RunEvent::Claim, Running, CLAIM),
        (Queued, RunEvent::Cancel, Cancelled, CALL_OFF),
        (Running, RunEvent::TakeOver, Running, TAKE_OVER),
        (Running, RunEvent::Retry, Pending, RETRY),
        (Running, RunEvent::Defer, Pending, DEFER),
        (Running, RunEvent::Release, Pending, RELEASE),
        (Running, RunEvent::Lose, Pending, LOSE),
        (Running, RunEvent::Succeed, Succeeded, END),
        (Running, RunEvent::Fail, Failed, END),
        (Running, RunEvent::Quarantine, Quarantined, END),
    ];

    #[test]
    fn every_pair_is_decided_by_the_table() {
        for state in RunStatus::ALL {
            for event in RunEvent::ALL {
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
    fn every_way_into_and_out_of_running_moves_the_fence_or_ends_the_lease() {
        for (from, event, to, effects) in LEGAL {
            if *to == Running {
                assert!(effects.contains(&RunEffect::AdvanceFence), "{from} + {event}");
                assert!(effects.contains(&RunEffect::OpenAttempt), "{from} + {event}");
            } else if *from == Running {
                assert!(effects.contains(&RunEffect::DropLease), "{from} + {event}");
            }
            assert_eq!(to.is_terminal(), effects.contains(&RunEffect::Seal), "{from} + {event}");
        }
    }

    #[test]
    fn the_diagram_shows_every_change_of_state() {
        let diagram = mermaid();
        assert!(diagram.starts_with("stateDiagram-v2\n    [*] --> pending\n"), "{diagram}");
        assert!(diagram.contains("    running --> pending: retry, defer, release, lose\n"), "{diagram}");
        assert!(diagram.contains("    quarantined --> [*]\n"), "{diagram}");
    }
}
