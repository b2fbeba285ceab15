//! The clock and the source of ids, as the server has them.

use std::sync::{Mutex, PoisonError};

use rand::TryRng;
use rand::rngs::SysRng;
use stet_domain::clock::{Clock, Ids, Timestamp};
use ulid::Ulid;

/// The wall clock.
pub(super) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

/// ULIDs that only grow, and the system's random bytes.
#[derive(Default)]
pub(super) struct SystemIds {
    last: Mutex<u128>,
}

/// The bits of a ULID below its milliseconds.
const RANDOM_BITS: u32 = 80;

impl Ids for SystemIds {
    fn ulid(&self) -> Ulid {
        let ms = u128::try_from(SystemClock.now().0 / 1_000).unwrap_or_default();
        let mut random = [0; 16];
        self.fill(&mut random[..10]);
        let drawn = (ms << RANDOM_BITS) | (u128::from_le_bytes(random) & ((1 << RANDOM_BITS) - 1));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = drawn.max(last.saturating_add(1));
        Ulid(*last)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SysRng.try_fill_bytes(bytes).expect("a system without randomness cannot keep a secret");
    }
}
