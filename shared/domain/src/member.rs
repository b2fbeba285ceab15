//! The members of a fleet beside those that serve (api.md, `GET /v1/fleet`), and how many would be useful.

use crate::names::names;

names! {
    /// What a member does.
    pub enum Duty {
        /// Executes cells: `stet worker`, or a serving process in sync mode.
        Worker = "worker",
        /// Does what is due: `stet scheduler`.
        Scheduler = "scheduler",
    }
}

/// What one provider's runs, limits and gate allow to be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Under way now.
    pub running: u64,
    /// At most so many at once by the bounds of the batches, what is paused not counted.
    pub room: u64,
    /// Whether the provider said to wait: nothing begins then.
    pub blocked: bool,
    /// The account's bound on calls under way.
    pub max_concurrency: Option<u64>,
    /// The account's bound on calls a minute.
    pub requests_per_minute: Option<u64>,
}

impl Demand {
    /// How many slots this provider's runs could fill. A rate fills as many as calls begin while one lasts, so it bounds only where that is known.
    #[must_use]
    pub fn slots(&self, slot_held_ms: Option<u64>) -> u64 {
        if self.blocked {
            return self.running;
        }
        let at_rate = self.requests_per_minute.zip(slot_held_ms).map(|(rate, held)| at_rate(rate, held));
        let bounds = [Some(self.room), self.max_concurrency, at_rate];
        bounds.into_iter().flatten().min().unwrap_or(self.room)
    }
}

/// How many calls are under way where so many begin a minute and each lasts so long (Little's law), at least one.
fn at_rate(per_minute: u64, held_ms: u64) -> u64 {
    u64::try_from((u128::from(per_minute) * u128::from(held_ms)).div_ceil(60_000)).unwrap_or(u64::MAX).max(1)
}

/// How many workers of so many slots each the providers' runs could keep busy; a backlog that limits and pauses hold back needs none.
#[must_use]
pub fn workers_useful(demands: &[Demand], slots_each: u64, slot_held_ms: Option<u64>) -> u64 {
    let slots = demands.iter().map(|demand| demand.slots(slot_held_ms)).fold(0, u64::saturating_add);
    slots.div_ceil(slots_each.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Demand =
        Demand { running: 3, room: 1_000, blocked: false, max_concurrency: None, requests_per_minute: None };

    #[test]
    fn the_tightest_bound_counts() {
        for (demand, held_ms, slots) in [
            (OPEN, None, 1_000),
            (Demand { max_concurrency: Some(40), ..OPEN }, None, 40),
            // 600 a minute of 2 s each: 20 at once.
            (Demand { requests_per_minute: Some(600), ..OPEN }, Some(2_000), 20),
            (Demand { requests_per_minute: Some(600), max_concurrency: Some(7), ..OPEN }, Some(2_000), 7),
            (Demand { requests_per_minute: Some(600), ..OPEN }, None, 1_000),
            (Demand { requests_per_minute: Some(1), ..OPEN }, Some(1), 1),
            (Demand { requests_per_minute: Some(600), room: 2, ..OPEN }, Some(2_000), 2),
            (Demand { blocked: true, ..OPEN }, Some(1), 3),
        ] {
            assert_eq!(demand.slots(held_ms), slots, "{demand:?} at {held_ms:?} ms");
        }
    }

    #[test]
    fn workers_are_counted_over_providers_and_rounded_up() {
        let other = Demand { running: 0, room: 1, ..OPEN };
        assert_eq!(workers_useful(&[OPEN, other], 256, None), 4);
        assert_eq!(workers_useful(&[OPEN, other], 250, None), 5);
        assert_eq!(workers_useful(&[], 256, None), 0);
        assert_eq!(workers_useful(&[other], 0, None), 1);
    }
}
