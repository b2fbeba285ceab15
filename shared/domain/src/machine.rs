//! What the state machines share: a step, an illegal one, and the diagram of them all.

use std::fmt::Write as _;

/// A legal step: the state that follows and what the store must do in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<S: 'static, E: 'static> {
    /// The state that follows.
    pub state: S,
    /// The effects, in order; none where only the state changes, or nothing does.
    pub effects: &'static [E],
}

impl<S: Copy, E> Step<S, E> {
    pub(crate) const fn to(state: S, effects: &'static [E]) -> Self {
        Self { state, effects }
    }
}

/// An event that cannot happen in a state: a bug or a stale request, never written to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a {machine} that is {state} cannot take {event}")]
pub struct Illegal {
    /// `run` or `batch`.
    pub machine: &'static str,
    /// The state's name.
    pub state: &'static str,
    /// The event's name.
    pub event: &'static str,
}

/// A machine as a Mermaid state diagram: one arrow for each pair of states, labelled with its events; steps that change nothing are left out.
pub(crate) fn mermaid<S: Copy + PartialEq, V: Copy, E: 'static>(
    initial: &[S],
    states: &[S],
    events: &[V],
    state_name: fn(S) -> &'static str,
    event_name: fn(V) -> &'static str,
    is_terminal: fn(S) -> bool,
    step: fn(S, V) -> Result<Step<S, E>, Illegal>,
) -> String {
    let mut text = String::from("stateDiagram-v2\n");
    let mut line = |from: &str, to: &str, label: &str| {
        let label = if label.is_empty() { String::new() } else { format!(": {label}") };
        writeln!(text, "    {from} --> {to}{label}").expect("writing to a String cannot fail");
    };
    for state in initial {
        line("[*]", state_name(*state), "");
    }
    for from in states {
        for to in states {
            let labels: Vec<&str> = events
                .iter()
                .filter(|event| {
                    step(*from, **event)
                        .is_ok_and(|next| next.state == *to && (from != to || !next.effects.is_empty()))
                })
                .map(|event| event_name(*event))
                .collect();
            if !labels.is_empty() {
                line(state_name(*from), state_name(*to), &labels.join(", "));
            }
        }
    }
    for state in states.iter().filter(|state| is_terminal(**state)) {
        line(state_name(*state), "[*]", "");
    }
    text
}
