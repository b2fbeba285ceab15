//! Retries: what may be tried again, and when (reliability.md rule 8).

mod classify;

pub use classify::{FAILURE_RULES, FailureRule, Reported, classify};

use crate::names::names;

/// The shortest wait, in milliseconds.
pub const MIN_DELAY_MS: u64 = 1_000;

/// The longest wait that back-off alone leads to, in milliseconds.
pub const MAX_BACKOFF_MS: u64 = 60_000;

/// The longest wait that a provider may ask for, in milliseconds.
pub const MAX_RETRY_AFTER_MS: u64 = 300_000;

/// What is added at most to the wait that a provider asks for, so that not all come back at once, in milliseconds.
pub const RETRY_AFTER_JITTER_MS: u64 = 1_000;

/// Doublings that a 429 without a hint starts with: it burns no attempt, so its back-off cannot grow by their count.
const RATE_LIMITED_DOUBLINGS: u32 = 3;

names! {
    /// What a failure means for the run (reliability.md rule 8; providers.md, Decoding 5).
    pub enum RetryClass {
        /// Another try may succeed.
        Retryable = "retryable",
        /// Another try may succeed, and every worker should wait with its own: burns no attempt.
        RateLimited = "rate_limited",
        /// No try will succeed until a person acts on the account: quota, credit, spend limit.
        Outage = "outage",
        /// No try of this run will succeed.
        Final = "final",
    }
}

/// What to do with a run whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Due again after the delay.
    Retry {
        /// The wait, in milliseconds.
        delay_ms: u64,
        /// Whether the attempt counts against the limit.
        burn: bool,
    },
    /// Back to `pending`, nothing burned, and its batch pauses with `provider_outage`; a run without a batch fails.
    Pause,
    /// The run fails with the failure's code.
    GiveUp,
}

/// Decides on a failed attempt.
///
/// `retry_index` counts the attempts burned before this one, `max_attempts` is `RETRY_MAX_ATTEMPTS`, `retry_after_ms` what the provider asks for, `random` any 64 random bits.
#[must_use]
pub fn decide(
    class: RetryClass,
    retry_index: u32,
    max_attempts: u32,
    retry_after_ms: Option<u64>,
    random: u64,
) -> Decision {
    match class {
        RetryClass::Final => Decision::GiveUp,
        RetryClass::Outage => Decision::Pause,
        RetryClass::Retryable if retry_index.saturating_add(1) >= max_attempts => Decision::GiveUp,
        RetryClass::Retryable => {
            Decision::Retry { delay_ms: delay_ms(retry_index, retry_after_ms, random), burn: true }
        }
        RetryClass::RateLimited => {
            let doublings = retry_index.max(RATE_LIMITED_DOUBLINGS);
            Decision::Retry { delay_ms: delay_ms(doublings, retry_after_ms, random), burn: false }
        }
    }
}

/// How long every process should leave the provider alone after a failure, in milliseconds (reliability.md rule 8); `None` where the failure is the run's own.
///
/// A 429 without a hint closes the gate for the shortest wait. An exhausted account closes none, whatever is said beside it: no wait helps, another model's
/// quota may be whole, and the batch's pause does the rest.
#[must_use]
pub fn gate_ms(class: RetryClass, retry_after_ms: Option<u64>) -> Option<u64> {
    match class {
        RetryClass::RateLimited => Some(retry_after_ms.unwrap_or(0).clamp(MIN_DELAY_MS, MAX_RETRY_AFTER_MS)),
        RetryClass::Outage | RetryClass::Retryable | RetryClass::Final => None,
    }
}

/// Full jitter: anywhere from the shortest wait to a ceiling that doubles with each burned attempt; a provider's wait is never cut short below its cap.
fn delay_ms(doublings: u32, retry_after_ms: Option<u64>, random: u64) -> u64 {
    if let Some(asked) = retry_after_ms {
        let jittered = asked.max(MIN_DELAY_MS).saturating_add(random % (RETRY_AFTER_JITTER_MS + 1));
        return jittered.min(MAX_RETRY_AFTER_MS);
    }
    let doubled = 1_u64.checked_shl(doublings.saturating_add(1)).unwrap_or(u64::MAX);
    let ceiling = MIN_DELAY_MS.saturating_mul(doubled).min(MAX_BACKOFF_MS);
    MIN_DELAY_MS + random % (ceiling - MIN_DELAY_MS + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delay(class: RetryClass, retry_index: u32, asked: Option<u64>, random: u64) -> (u64, bool) {
        match decide(class, retry_index, 100, asked, random) {
            Decision::Retry { delay_ms, burn } => (delay_ms, burn),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_fifth_failed_attempt_is_the_last() {
        for retry_index in 0..4 {
            let decision = decide(RetryClass::Retryable, retry_index, 5, None, 7);
            assert!(matches!(decision, Decision::Retry { burn: true, .. }), "{retry_index}");
        }
        assert_eq!(decide(RetryClass::Retryable, 4, 5, None, 7), Decision::GiveUp);
        assert_eq!(decide(RetryClass::Final, 0, 5, Some(1), 7), Decision::GiveUp);
        assert_eq!(decide(RetryClass::Outage, 4, 5, None, 7), Decision::Pause);
    }

    #[test]
    fn back_off_doubles_up_to_a_minute_and_is_jittered_over_its_whole_range() {
        for (retry_index, ceiling) in [(0, 2_000), (1, 4_000), (4, 32_000), (5, 60_000), (64, 60_000)] {
            assert_eq!(delay(RetryClass::Retryable, retry_index, None, 0).0, MIN_DELAY_MS);
            assert_eq!(delay(RetryClass::Retryable, retry_index, None, ceiling - MIN_DELAY_MS).0, ceiling);
            assert_eq!(
                delay(RetryClass::Retryable, retry_index, None, ceiling - MIN_DELAY_MS + 1).0,
                MIN_DELAY_MS
            );
        }
    }

    #[test]
    fn a_429_burns_nothing_however_often_it_comes() {
        let decision = decide(RetryClass::RateLimited, 4, 5, None, 31_000);
        assert_eq!(decision, Decision::Retry { delay_ms: 32_000, burn: false });
        assert_eq!(delay(RetryClass::RateLimited, 0, None, 15_000), (16_000, false));
    }

    #[test]
    fn a_gate_closes_for_what_is_told_and_only_for_what_all_should_wait_for() {
        assert_eq!(gate_ms(RetryClass::RateLimited, Some(20_000)), Some(20_000));
        assert_eq!(gate_ms(RetryClass::RateLimited, Some(3)), Some(MIN_DELAY_MS));
        assert_eq!(gate_ms(RetryClass::RateLimited, None), Some(MIN_DELAY_MS));
        assert_eq!(gate_ms(RetryClass::RateLimited, Some(86_400_000)), Some(MAX_RETRY_AFTER_MS));
        assert_eq!(gate_ms(RetryClass::Outage, Some(40_000)), None);
        assert_eq!(gate_ms(RetryClass::Retryable, Some(5_000)), None);
        assert_eq!(gate_ms(RetryClass::Final, Some(5_000)), None);
    }

    #[test]
    fn a_providers_wait_is_kept_up_to_its_cap() {
        for random in [0, 500, u64::MAX] {
            let (waited, _) = delay(RetryClass::RateLimited, 0, Some(20_000), random);
            assert!((20_000..=21_000).contains(&waited), "{waited}");
        }
        assert_eq!(delay(RetryClass::Retryable, 3, Some(12), 0).0, MIN_DELAY_MS);
        assert_eq!(delay(RetryClass::Retryable, 3, Some(86_400_000), 999).0, MAX_RETRY_AFTER_MS);
    }
}
