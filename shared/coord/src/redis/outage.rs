//! Whether Redis answers: told once an outage, and not asked by every caller while it does not.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nobody asks after a failure; then one caller tries.
const REST: Duration = Duration::from_secs(1);

/// An outage under way, as this process sees it.
#[derive(Debug, Clone, Copy)]
struct Down {
    since: Instant,
    try_at: Instant,
}

/// The outage of one link, if there is one.
#[derive(Debug, Default)]
pub(super) struct Outage(Mutex<Option<Down>>);

impl Outage {
    /// Whether to ask now. While Redis is down one caller a second does, and the others go on without.
    pub(super) fn may_try(&self, now: Instant) -> bool {
        let mut down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match down.as_mut() {
            None => true,
            Some(down) if down.try_at <= now => {
                down.try_at = now + REST;
                true
            }
            Some(_) => false,
        }
    }

    /// An operation failed; `true` for the first of an outage.
    pub(super) fn failed(&self, now: Instant) -> bool {
        let mut down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = down.map_or(now, |down| down.since);
        down.replace(Down { since, try_at: now + REST }).is_none()
    }

    /// An operation succeeded; how long the outage was that ends with it.
    pub(super) fn answered(&self, now: Instant) -> Option<Duration> {
        let mut down = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        down.take().map(|down| now.duration_since(down.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_once_and_tried_by_one_caller_a_second() {
        let (outage, start) = (Outage::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert!(outage.may_try(at(0)) && outage.answered(at(0)).is_none());
        assert!(outage.failed(at(0)), "the first failure is told");
        assert!(!outage.failed(at(1)), "the next is the same outage");
        assert!(!outage.may_try(at(500)));
        assert!(outage.may_try(at(1_001)) && !outage.may_try(at(1_002)), "one tries, the others go on");
        assert_eq!(outage.answered(at(1_500)), Some(Duration::from_millis(1_500)));
        assert!(outage.may_try(at(1_501)) && outage.failed(at(1_501)), "another outage is told again");
    }
}
