//! A rate a minute as a theoretical arrival time (the generic cell rate algorithm, ITU-T I.371): one number a limit, whole microseconds alone.

/// One minute.
const MINUTE_US: i64 = 60_000_000;

/// What may come at once of a rate of calls: a second's worth.
const REQUESTS_BURST_US: i64 = 1_000_000;

/// What may come at once of a rate of tokens: ten seconds' worth, for one call may be a large part of a minute's.
const TOKENS_BURST_US: i64 = 10_000_000;

/// A rate: so many units a minute, and how much may come at once. A minute's units are spread over a minute and the burst, so that no minute, wherever it
/// begins, sees more than its units, but for the last call of a rate of tokens, which is let through whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    per_minute: u64,
    burst_us: i64,
}

impl Pace {
    /// Calls a minute; 0 is taken for 1.
    #[must_use]
    pub const fn requests(per_minute: u64) -> Self {
        Self { per_minute, burst_us: REQUESTS_BURST_US }
    }

    /// Tokens a minute; 0 is taken for 1.
    #[must_use]
    pub const fn tokens(per_minute: u64) -> Self {
        Self { per_minute, burst_us: TOKENS_BURST_US }
    }

    /// How much may come at once, in microseconds of the rate.
    pub(crate) const fn burst_us(self) -> i64 {
        self.burst_us
    }

    /// What so many units take of the rate, in microseconds, rounded up.
    pub(crate) fn cost_us(self, units: u64) -> i64 {
        let spread = u128::from((MINUTE_US + self.burst_us).unsigned_abs());
        let cost = (u128::from(units) * spread).div_ceil(u128::from(self.per_minute.max(1)));
        // Bounded far from the end of the clock: a cost of ages is an age all the same.
        i64::try_from(cost).unwrap_or(i64::MAX).min(i64::MAX / 4)
    }

    /// The arrival time after an admission of `units`; `None` where they have to wait. Where nothing is owed they pass whatever they cost: what is larger
    /// than the burst would else never pass.
    #[must_use]
    pub fn admit(self, arrival_us: i64, now_us: i64, units: u64) -> Option<i64> {
        let after = arrival_us.max(now_us).saturating_add(self.cost_us(units));
        (arrival_us <= now_us || after <= now_us.saturating_add(self.burst_us)).then_some(after)
    }

    /// The earliest moment at which `units` are admitted; in the past where they are by now.
    #[must_use]
    pub fn opens_at(self, arrival_us: i64, units: u64) -> i64 {
        let within_burst = arrival_us.saturating_add(self.cost_us(units)).saturating_sub(self.burst_us);
        arrival_us.min(within_burst)
    }

    /// The arrival time corrected by units that were used beyond those admitted, or (negative) were not used; never before now.
    #[must_use]
    pub fn settle(self, arrival_us: i64, now_us: i64, units: i64) -> i64 {
        let cost = self.cost_us(units.unsigned_abs());
        let owed = arrival_us.max(now_us);
        let settled = if units < 0 { owed.saturating_sub(cost) } else { owed.saturating_add(cost) };
        settled.max(now_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments at which calls are admitted that ask again and again every `step_us`.
    fn admitted(pace: Pace, step_us: i64, until_us: i64, units: u64) -> Vec<i64> {
        let (mut arrival, mut moments) = (0, Vec::new());
        for now in (0..until_us).step_by(usize::try_from(step_us).unwrap()) {
            while let Some(after) = pace.admit(arrival, now, units) {
                arrival = after;
                moments.push(now);
            }
        }
        moments
    }

    fn most_in_a_minute(moments: &[i64]) -> usize {
        let ends = moments.iter().map(|end| moments.partition_point(|at| *at <= *end));
        let begins = moments.iter().map(|end| moments.partition_point(|at| *at <= end - MINUTE_US));
        ends.zip(begins).map(|(end, begin)| end - begin).max().unwrap()
    }

    #[test]
    fn no_minute_sees_more_than_its_calls_and_few_are_given_away() {
        for per_minute in [1, 2, 7, 59, 60, 61, 62, 500, 10_000] {
            let moments = admitted(Pace::requests(per_minute), 10_000, 5 * MINUTE_US, 1);
            let most = most_in_a_minute(&moments);
            let limit = usize::try_from(per_minute).unwrap();
            assert!(most <= limit, "{most} of {limit}");
            // 61 seconds for a minute's calls, and a call may be asked for 10 ms too late.
            assert!(moments.len() * 100 >= (limit * 5 * 90), "{} of {}", moments.len(), limit * 5);
        }
    }

    #[test]
    fn no_minute_sees_more_than_its_tokens() {
        for (per_minute, units) in [(30_000, 1_500), (90_000, 4_000), (1_000_000, 700)] {
            let moments = admitted(Pace::tokens(per_minute), 10_000, 5 * MINUTE_US, units);
            let most = most_in_a_minute(&moments) as u64 * units;
            assert!(most <= per_minute, "{most} of {per_minute}");
            assert!(moments.len() as u64 * units * 10 >= per_minute * 5 * 8, "{}", moments.len());
        }
    }

    #[test]
    fn what_is_larger_than_the_burst_passes_alone_and_is_paid_for_after() {
        let pace = Pace::tokens(1_000);
        let after = pace.admit(0, 100, 5_000).unwrap();
        assert_eq!(after, 100 + 350_000_000);
        assert_eq!(pace.admit(after, 200, 1), None);
        assert_eq!(pace.opens_at(after, 5_000), after);
    }

    #[test]
    fn the_moment_told_is_the_first_that_admits() {
        let pace = Pace::requests(600);
        for arrival in [5_000_000, 5_900_000, 6_100_000, 90_000_000] {
            let opens = pace.opens_at(arrival, 1);
            assert!(pace.admit(arrival, opens, 1).is_some(), "{arrival}");
            assert_eq!(pace.admit(arrival, opens - 1, 1), None, "{arrival}");
        }
    }

    #[test]
    fn a_correction_never_goes_before_now() {
        let pace = Pace::tokens(70_000);
        assert_eq!(pace.settle(10_000_000, 1_000_000, -2_000), 8_000_000);
        assert_eq!(pace.settle(10_000_000, 1_000_000, -20_000), 1_000_000);
        assert_eq!(pace.settle(0, 1_000_000, 2_000), 3_000_000);
        assert_eq!(pace.settle(0, 1_000_000, -2_000), 1_000_000);
    }
}
