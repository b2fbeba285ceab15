//! What was received: for tests that judge by the provider's side.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// Calls that are remembered; older ones are only counted.
const CALLS_MAX: usize = 200_000;

/// One generation call as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceivedCall {
    /// Its number, from 1, in the order of receipt.
    pub call: u64,
    /// When it was received, in microseconds since the simulator's start, on its monotonic clock.
    pub received_us: u64,
    /// `openai`, `gemini` or `vertex`.
    pub provider: &'static str,
    /// The `X-Client-Request-Id`, where one was sent.
    pub client_request_id: Option<Box<str>>,
    /// The `traceparent`, where one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<Box<str>>,
    /// The model asked for; empty where the request could not be read.
    pub model: Box<str>,
    /// UNGROUNDED, PREFERRED or REQUIRED; empty where the request could not be read.
    pub mode: &'static str,
    /// What was decided at receipt: `answer`, the status of an error, or the name of a fault.
    pub outcome: Box<str>,
}

/// Figures over all remembered calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// The present moment on the clock of `received_us`.
    pub now_us: u64,
    /// Generation calls received since the start or the last reset.
    pub received: u64,
    /// Those that have not been answered yet.
    pub in_flight: u64,
    /// Calls for the list of models or one model.
    pub listings: u64,
    /// Calls of the token endpoint.
    pub tokens: u64,
    /// Calls that are no longer remembered.
    pub forgotten: u64,
    /// Different client request ids.
    pub distinct: u64,
    /// Client request ids that came more than once, with how often they came.
    pub repeated: BTreeMap<Box<str>, u64>,
    /// How often each outcome was decided.
    pub outcomes: BTreeMap<Box<str>, u64>,
}

/// The remembered calls.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    calls: VecDeque<ReceivedCall>,
    forgotten: u64,
}

impl Ledger {
    pub(crate) fn push(&mut self, call: ReceivedCall) {
        if self.calls.len() == CALLS_MAX {
            self.calls.pop_front();
            self.forgotten += 1;
        }
        self.calls.push_back(call);
    }

    pub(crate) fn after(&self, call: u64, limit: usize) -> Vec<ReceivedCall> {
        self.calls.iter().filter(|received| received.call > call).take(limit).cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The figures; those that the ledger does not know are left 0.
    pub(crate) fn counts(&self) -> Counts {
        let mut by_id: BTreeMap<&str, u64> = BTreeMap::new();
        let mut outcomes: BTreeMap<Box<str>, u64> = BTreeMap::new();
        for call in &self.calls {
            if let Some(id) = call.client_request_id.as_deref() {
                *by_id.entry(id).or_default() += 1;
            }
            *outcomes.entry(call.outcome.clone()).or_default() += 1;
        }
        Counts {
            now_us: 0,
            received: 0,
            in_flight: 0,
            listings: 0,
            tokens: 0,
            forgotten: self.forgotten,
            distinct: by_id.len() as u64,
            repeated: by_id
                .into_iter()
                .filter(|(_, count)| *count > 1)
                .map(|(id, count)| (id.into(), count))
                .collect(),
            outcomes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_told_by_their_ids() {
        let mut ledger = Ledger::default();
        for (call, id) in [(1, Some("a")), (2, Some("b")), (3, Some("a")), (4, None)] {
            ledger.push(ReceivedCall {
                call,
                received_us: call,
                provider: "openai",
                client_request_id: id.map(Into::into),
                traceparent: None,
                model: "m".into(),
                mode: "UNGROUNDED",
                outcome: "answer".into(),
            });
        }
        let counts = ledger.counts();
        assert_eq!(counts.distinct, 2);
        assert_eq!(counts.repeated.into_iter().collect::<Vec<_>>(), [("a".into(), 2)]);
        assert_eq!(counts.outcomes.get("answer"), Some(&4));
        assert_eq!(ledger.after(2, 1).iter().map(|call| call.call).collect::<Vec<_>>(), [3]);
    }
}
