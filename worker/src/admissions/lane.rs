//! One provider as this process knows it.

use std::time::{Duration, Instant};

use stet_coord::{Admission, Settlement};
use stet_domain::provider_limits::ProviderGateKind;

/// How long a full provider is left alone where no call of this process ends before.
const WHILE_FULL: Duration = Duration::from_millis(100);
/// A wait is never shorter, so that nobody asks for one call after the other.
const SHORTEST: Duration = Duration::from_millis(5);

/// What is known of a provider's gates, by the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Lane {
    /// Until when the provider wants all to wait.
    pub(super) blocked_until: Option<Instant>,
    /// Until when its limits let nobody through.
    closed_until: Option<Instant>,
    /// Whether they do because of calls under way.
    full: bool,
    /// Calls of this process under way.
    pub(super) in_use: u64,
    /// How many of them the others know of, and since when.
    told: u64,
    told_at: Option<Instant>,
    /// What was used beyond what was admitted, and not told yet.
    pub(super) owed: Settlement,
}

impl Lane {
    pub(super) fn blocked_for(&self, now: Instant) -> Option<Duration> {
        left(self.blocked_until, now)
    }

    /// How long until a call may begin; `None` where one may now.
    pub(super) fn opens_in(&self, now: Instant) -> Option<Duration> {
        self.blocked_for(now).max(left(self.closed_until, now))
    }

    /// Nobody is let through for so long.
    pub(super) fn close(&mut self, wait: Duration) {
        self.closed_until = Some(Instant::now() + wait.max(SHORTEST));
        self.full = false;
    }

    /// Takes in an answer to an ask that told of `in_use` calls under way.
    pub(super) fn admitted(&mut self, in_use: u64, admission: &Admission) {
        let begun = admission.admitted as u64;
        self.in_use = self.in_use.saturating_add(begun);
        self.told = in_use.saturating_add(begun);
        self.told_at = Some(Instant::now());
        let Some(delay) = admission.delay else { return };
        let wait = delay.wait_us.map_or(WHILE_FULL, Duration::from_micros);
        if delay.gate == ProviderGateKind::Blocked {
            self.blocked_until = self.blocked_until.max(Some(Instant::now() + wait));
        } else {
            self.close(wait);
            self.full = delay.gate == ProviderGateKind::Concurrency;
        }
    }

    /// A call has ended: where that was what others waited for, they need not wait on.
    pub(super) fn end(&mut self) {
        self.in_use = self.in_use.saturating_sub(1);
        if self.full {
            self.closed_until = None;
        }
    }

    pub(super) const fn owe(&mut self, calls: i64, tokens: i64) {
        self.owed.calls = self.owed.calls.saturating_add(calls);
        self.owed.tokens = self.owed.tokens.saturating_add(tokens);
    }

    /// Whether the others should be told: of a change, or again before they forget.
    pub(super) fn has_news(&self, renew: Duration) -> bool {
        let forgotten = self.in_use > 0 && self.told_at.is_none_or(|at| at.elapsed() >= renew);
        self.in_use != self.told || self.owed != Settlement::default() || forgotten
    }
}

/// What is left of a wait.
fn left(until: Option<Instant>, now: Instant) -> Option<Duration> {
    until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use stet_coord::Delay;

    use super::*;

    fn answer(admitted: usize, gate: ProviderGateKind, wait_us: Option<u64>) -> Admission {
        Admission { admitted, delay: Some(Delay { gate, wait_us }) }
    }

    #[test]
    fn the_end_of_a_call_opens_what_was_full() {
        let mut lane = Lane::default();
        lane.admitted(0, &answer(2, ProviderGateKind::Concurrency, None));
        assert!(lane.opens_in(Instant::now()).is_some());
        assert!(!lane.has_news(Duration::from_secs(9)));
        lane.end();
        assert_eq!((lane.opens_in(Instant::now()), lane.in_use), (None, 1));
        assert!(lane.has_news(Duration::from_secs(9)));
        lane.admitted(1, &answer(0, ProviderGateKind::Requests, Some(60_000_000)));
        lane.end();
        assert!(lane.opens_in(Instant::now()).is_some(), "a rate does not open by it");
    }

    #[test]
    fn a_wait_that_the_provider_told_is_kept_over_a_shorter_one() {
        let mut lane = Lane::default();
        lane.admitted(0, &answer(0, ProviderGateKind::Blocked, Some(60_000_000)));
        lane.admitted(0, &answer(0, ProviderGateKind::Blocked, Some(1_000_000)));
        assert!(lane.blocked_for(Instant::now()).is_some_and(|left| left > Duration::from_secs(50)));
    }

    #[test]
    fn calls_under_way_are_told_again_before_their_lease_ends() {
        let mut lane = Lane::default();
        lane.admitted(0, &Admission { admitted: 1, delay: None });
        assert!(lane.has_news(Duration::ZERO));
        lane.end();
        lane.admitted(0, &Admission { admitted: 0, delay: None });
        assert!(!lane.has_news(Duration::ZERO), "who rests tells nothing");
    }
}
