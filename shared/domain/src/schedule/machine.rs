//! The schedule's state machine: pure, every pair of state and event decided.
//!
//! A step that leads to its own state without an effect changes nothing: the answer to a request made twice (`changed: false`).

use super::ScheduleState;
use super::ScheduleState::{Active, Ended, Paused};
use crate::machine::{Illegal, Step};
use crate::names::names;

names! {
    /// What can happen to a schedule.
    pub enum ScheduleEvent {
        /// An operator holds it.
        Pause = "pause",
        /// An operator lets it go on.
        Resume = "resume",
        /// An operator ends it for good.
        End = "end",
    }
}

names! {
    /// What a transition asks of the store, in the same transaction.
    pub enum ScheduleEffect {
        /// Who, when and why are written.
        RecordDecision = "record_decision",
        /// The due times that passed meanwhile are told as paused.
        TellPaused = "tell_paused",
        /// The due times that passed and were not looked at yet are told as missed.
        TellMissed = "tell_missed",
    }
}

type Decided = Result<Step<ScheduleState, ScheduleEffect>, Illegal>;

const DECIDED: &[ScheduleEffect] = &[ScheduleEffect::RecordDecision];
const ENDS: &[ScheduleEffect] = &[ScheduleEffect::RecordDecision, ScheduleEffect::TellMissed];
const GOES_ON: &[ScheduleEffect] = &[ScheduleEffect::RecordDecision, ScheduleEffect::TellPaused];

/// One step of a schedule.
///
/// # Errors
/// [`Illegal`] for an event that cannot happen in that state.
pub const fn step(state: ScheduleState, event: ScheduleEvent) -> Decided {
    match (state, event) {
        (Active, ScheduleEvent::Pause) => Ok(Step::to(Paused, DECIDED)),
        (Paused, ScheduleEvent::Resume) => Ok(Step::to(Active, GOES_ON)),
        (Active, ScheduleEvent::End) => Ok(Step::to(Ended, ENDS)),
        (Paused, ScheduleEvent::End) => Ok(Step::to(Ended, GOES_ON)),
        (Active, ScheduleEvent::Resume) => Ok(Step::to(Active, &[])),
        (Paused, ScheduleEvent::Pause) => Ok(Step::to(Paused, &[])),
        (Ended, ScheduleEvent::End) => Ok(Step::to(Ended, &[])),
        (Ended, ScheduleEvent::Pause | ScheduleEvent::Resume) => {
            Err(Illegal { machine: "schedule", state: state.as_str(), event: event.as_str() })
        }
    }
}

/// The machine as a Mermaid state diagram, generated from [`step`].
#[must_use]
pub fn mermaid() -> String {
    crate::machine::mermaid(
        &[Active],
        ScheduleState::ALL,
        ScheduleEvent::ALL,
        ScheduleState::as_str,
        ScheduleEvent::as_str,
        |state| matches!(state, Ended),
        step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEGAL: &[(ScheduleState, ScheduleEvent, ScheduleState, &[ScheduleEffect])] = &[
        (Active, ScheduleEvent::Pause, Paused, DECIDED),
        (Active, ScheduleEvent::Resume, Active, &[]),
        (Active, ScheduleEvent::End, Ended, ENDS),
        (Paused, ScheduleEvent::Pause, Paused, &[]),
        (Paused, ScheduleEvent::Resume, Active, GOES_ON),
        (Paused, ScheduleEvent::End, Ended, GOES_ON),
        (Ended, ScheduleEvent::End, Ended, &[]),
    ];

    #[test]
    fn every_pair_is_decided_by_the_table() {
        for state in ScheduleState::ALL {
            for event in ScheduleEvent::ALL {
                let expected = LEGAL.iter().find(|(from, on, ..)| (from, on) == (state, event)).map_or(
                    Err(Illegal { machine: "schedule", state: state.as_str(), event: event.as_str() }),
                    |(_, _, to, effects)| Ok(Step::to(*to, effects)),
                );
                assert_eq!(step(*state, *event), expected, "{state} + {event}");
            }
        }
    }
}
