//! What of a request is admitted: arithmetic over a gate that stands still.

use stet_domain::provider_limits::ProviderGateKind;

use crate::gates::{Admission, AdmissionRequest, Delay};
use crate::pace::Pace;

/// A provider's row while it is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HeldGate {
    pub(crate) now_us: i64,
    pub(crate) blocked_until_us: i64,
    pub(crate) requests_until_us: i64,
    pub(crate) tokens_until_us: i64,
    /// Calls under way of all other processes.
    pub(crate) others: u64,
}

/// What is answered, and the arrival times to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) admission: Admission,
    pub(crate) requests_until_us: i64,
    pub(crate) tokens_until_us: i64,
}

impl AdmissionRequest<'_> {
    /// Settles, then admits one after the other until something holds the next one back.
    pub(crate) fn decide(&self, gate: &HeldGate) -> Decided {
        let requests = self.limits.requests_per_minute.map(Pace::requests);
        let tokens = self.limits.tokens_per_minute.map(Pace::tokens);
        let now = gate.now_us;
        let settle = |pace: Option<Pace>, arrival: i64, units: i64| match pace {
            Some(pace) if units != 0 => pace.settle(arrival, now, units),
            Some(_) | None => arrival,
        };
        let mut decided = Decided {
            admission: Admission { admitted: 0, delay: None },
            requests_until_us: settle(requests, gate.requests_until_us, self.settled.calls),
            tokens_until_us: settle(tokens, gate.tokens_until_us, self.settled.tokens),
        };
        for units in self.wanted {
            let under_way =
                gate.others.saturating_add(self.in_use).saturating_add(decided.admission.admitted as u64);
            decided.admission.delay = self.held_back(gate, &decided, under_way, *units);
            if decided.admission.delay.is_some() {
                break;
            }
            let pay = |pace: Option<Pace>, arrival: i64, units: u64| {
                pace.and_then(|pace| pace.admit(arrival, now, units)).unwrap_or(arrival)
            };
            decided.requests_until_us = pay(requests, decided.requests_until_us, 1);
            decided.tokens_until_us = pay(tokens, decided.tokens_until_us, *units);
            decided.admission.admitted += 1;
        }
        decided
    }

    /// What holds the next call back.
    fn held_back(&self, gate: &HeldGate, so_far: &Decided, under_way: u64, units: u64) -> Option<Delay> {
        let now = gate.now_us;
        let delay = |kind, until_us: i64| {
            let wait_us = u64::try_from(until_us.saturating_sub(now)).unwrap_or(0);
            (wait_us > 0).then_some(Delay { gate: kind, wait_us: Some(wait_us) })
        };
        let paced = |kind, pace: Option<Pace>, arrival: i64, units: u64| {
            pace.and_then(|pace| delay(kind, pace.opens_at(arrival, units)))
        };
        let full = self.limits.max_concurrency.is_some_and(|most| under_way >= most);
        delay(ProviderGateKind::Blocked, gate.blocked_until_us)
            .or_else(|| full.then_some(Delay { gate: ProviderGateKind::Concurrency, wait_us: None }))
            .or_else(|| {
                let pace = self.limits.requests_per_minute.map(Pace::requests);
                paced(ProviderGateKind::Requests, pace, so_far.requests_until_us, 1)
            })
            .or_else(|| {
                let pace = self.limits.tokens_per_minute.map(Pace::tokens);
                paced(ProviderGateKind::Tokens, pace, so_far.tokens_until_us, units)
            })
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::Provider;
    use stet_domain::provider_limits::ProviderLimits;

    use super::*;
    use crate::gates::Settlement;

    const NOW: i64 = 1_000_000_000;

    fn request(limits: ProviderLimits, wanted: &[u64]) -> AdmissionRequest<'_> {
        let settled = Settlement::default();
        let provider = Provider::OpenAi;
        AdmissionRequest { provider, limits, holder: "one", lease_ms: 1, in_use: 0, wanted, settled }
    }

    fn gate() -> HeldGate {
        HeldGate { now_us: NOW, blocked_until_us: 0, requests_until_us: 0, tokens_until_us: 0, others: 0 }
    }

    #[test]
    fn the_first_gate_that_is_closed_is_named() {
        let limits = ProviderLimits {
            requests_per_minute: Some(61),
            tokens_per_minute: Some(7_000),
            max_concurrency: Some(4),
        };
        let decided = request(limits, &[100; 9]).decide(&gate());
        let by_requests = Delay { gate: ProviderGateKind::Requests, wait_us: Some(1_000_000) };
        assert_eq!(decided.admission, Admission { admitted: 1, delay: Some(by_requests) });
        assert_eq!(decided.requests_until_us, NOW + 1_000_000);
        assert_eq!(decided.tokens_until_us, NOW + 1_000_000);
        let limits = ProviderLimits { requests_per_minute: None, ..limits };
        let decided = request(limits, &[600; 9]).decide(&gate());
        let by_tokens = Delay { gate: ProviderGateKind::Tokens, wait_us: Some(2_000_000) };
        assert_eq!(decided.admission, Admission { admitted: 1, delay: Some(by_tokens) });
        let decided = request(limits, &[1; 9]).decide(&HeldGate { others: 3, ..gate() });
        let by_slots = Delay { gate: ProviderGateKind::Concurrency, wait_us: None };
        assert_eq!(decided.admission, Admission { admitted: 1, delay: Some(by_slots) });
        let decided = request(limits, &[1; 9]).decide(&HeldGate { blocked_until_us: NOW + 5, ..gate() });
        let told = Delay { gate: ProviderGateKind::Blocked, wait_us: Some(5) };
        assert_eq!(decided.admission, Admission { admitted: 0, delay: Some(told) });
    }

    #[test]
    fn what_was_not_used_is_given_back_before_anything_is_admitted() {
        let limits = ProviderLimits { tokens_per_minute: Some(7_000), ..ProviderLimits::NONE };
        let closed = HeldGate { tokens_until_us: NOW + 60_000_000, ..gate() };
        assert_eq!(request(limits, &[100]).decide(&closed).admission.admitted, 0);
        let settled = Settlement { calls: 0, tokens: -6_000 };
        let decided = AdmissionRequest { settled, ..request(limits, &[100]) }.decide(&closed);
        assert_eq!((decided.admission.admitted, decided.tokens_until_us), (1, NOW + 1_000_000));
    }
}
