//! How long to wait before a listener that ended is started again.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(10);

/// A part of 0–255 by who asks: processes that lost their database together do not come back in the same moment, and no source of randomness is needed.
pub(crate) fn share(name: &str, turn: u32) -> u32 {
    let mut hasher = DefaultHasher::new();
    (name, turn).hash(&mut hasher);
    u32::try_from(hasher.finish() & 0xff).unwrap_or(0)
}

/// Between half and all of 200 ms doubled with each failure, at most 10 s.
pub(crate) fn wait(name: &str, failures: u32) -> Duration {
    let whole = FIRST.saturating_mul(1 << failures.min(10)).min(LONGEST);
    whole / 2 + whole / 2 * share(name, failures) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound_and_differ_by_process() {
        for failures in 0..40 {
            let wait = wait("host-1-A", failures);
            assert!(wait >= FIRST / 2 && wait <= LONGEST, "{failures}: {wait:?}");
        }
        assert!(wait("host-1-A", 9) >= LONGEST / 2);
        assert!((0..8).any(|failures| wait("host-1-A", failures) != wait("host-2-B", failures)));
    }
}
