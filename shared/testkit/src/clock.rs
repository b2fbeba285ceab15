//! A clock that stands until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};

use stet_domain::clock::{Clock, Timestamp};

/// Where a fake clock stands at first: 2026-11-23T00:00:00Z, in microseconds.
const START_US: i64 = 1_795_392_000_000_000;

/// A clock that stands until a test moves it; share it by `Arc` or reference.
#[derive(Debug)]
pub struct FakeClock {
    now_us: AtomicI64,
}

impl FakeClock {
    /// A clock that stands at a moment.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self { now_us: AtomicI64::new(now.0) }
    }

    /// Moves it by some milliseconds, backwards where they are negative.
    pub fn advance_ms(&self, ms: i64) {
        self.now_us.fetch_add(ms.saturating_mul(1000), Ordering::SeqCst);
    }

    /// Moves it to a moment.
    pub fn set(&self, now: Timestamp) {
        self.now_us.store(now.0, Ordering::SeqCst);
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::at(Timestamp(START_US))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now_us.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_until_it_is_moved() {
        let clock = FakeClock::default();
        assert_eq!(clock.now().to_string(), "2026-11-23T00:00:00.000000Z");
        clock.advance_ms(1500);
        assert_eq!(clock.now().to_string(), "2026-11-23T00:00:01.500000Z");
        clock.set(Timestamp(7));
        assert_eq!(clock.now(), Timestamp(7));
    }
}
