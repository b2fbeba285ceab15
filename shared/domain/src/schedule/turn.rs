//! One turn of a schedule that is due: which due time makes a batch, which are told as missed, and what comes next.

use super::{Cadence, CatchUp};
use crate::clock::Timestamp;

/// Due times of a stretch that are counted at most: two weeks of minutes.
pub const MAX_DUE_TIMES: u64 = 20_160;

/// How far back from a moment its latest due time is looked for, in seconds, one after the other: an hour, a day, 31 days, a year and a day, nine years (the
/// longest way from one 29 February to the next).
const LOOKS_BACK_SECONDS: [i64; 5] = [3_600, 86_400, 31 * 86_400, 367 * 86_400, 9 * 367 * 86_400];

/// A stretch of due times with one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueSpan {
    /// The first of them.
    pub first: Timestamp,
    /// The last of them.
    pub last: Timestamp,
    /// How many; [`MAX_DUE_TIMES`] stands for that many and more.
    pub due_times: u64,
}

impl DueSpan {
    /// One due time by itself.
    #[must_use]
    pub const fn one(due: Timestamp) -> Self {
        Self { first: due, last: due, due_times: 1 }
    }
}

/// What a due schedule does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Due times that make no batch, all before the one that does.
    pub missed: Option<DueSpan>,
    /// The due time that makes a batch.
    pub fires: Timestamp,
    /// The first due time that nothing is told of then.
    pub next: Option<Timestamp>,
}

impl Cadence {
    /// The turn of a schedule whose first due time that nothing is told of is `due`, at `now`, which is not before it.
    #[must_use]
    pub fn turn(&self, due: Timestamp, now: Timestamp, catch_up: CatchUp) -> Turn {
        let fires = match catch_up {
            CatchUp::All => due,
            CatchUp::Latest => self.latest(now).filter(|latest| *latest > due).unwrap_or(due),
        };
        Turn { missed: self.span(due, fires), fires, next: self.next_after(fires) }
    }

    /// The due times from `due`, which is one, up to and with `now`; `None` where it is later.
    #[must_use]
    pub fn passed(&self, due: Timestamp, now: Timestamp) -> Option<DueSpan> {
        self.next_after(now).map_or_else(|| self.span(due, now), |end| self.span(due, end))
    }

    /// The due times from `first`, which is one, to before `end`.
    fn span(&self, first: Timestamp, end: Timestamp) -> Option<DueSpan> {
        let (mut last, mut due_times) = ((first < end).then_some(first)?, 1);
        while let Some(next) = self.next_after(last).filter(|next| *next < end) {
            if due_times == MAX_DUE_TIMES {
                last = self.latest(Timestamp(end.0 - 1)).unwrap_or(next);
                break;
            }
            (last, due_times) = (next, due_times + 1);
        }
        Some(DueSpan { first, last, due_times })
    }

    /// The last due time up to and with `now`. The search goes forward only, so that it meets the same moments as [`Self::next_after`].
    fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        let not_after = |moment| self.next_after(moment).filter(|due| *due <= now);
        let mut latest =
            LOOKS_BACK_SECONDS.iter().find_map(|seconds| not_after(now.plus_ms(-seconds * 1_000)))?;
        while let Some(next) = not_after(latest) {
            latest = next;
        }
        Some(latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hourly() -> Cadence {
        Cadence::parse("0 * * * *", "UTC").unwrap()
    }

    #[test]
    fn a_schedule_that_is_in_time_fires_and_misses_nothing() {
        let due = at("2026-11-28T10:00:00Z");
        for catch_up in CatchUp::ALL {
            let turn = hourly().turn(due, at("2026-11-28T10:00:00.9Z"), *catch_up);
            assert_eq!(turn, Turn { missed: None, fires: due, next: Some(at("2026-11-28T11:00:00Z")) });
        }
    }

    #[test]
    fn the_latest_of_what_passed_fires_and_the_others_are_missed() {
        let (due, now) = (at("2026-11-28T10:00:00Z"), at("2026-11-29T10:30:00Z"));
        let turn = hourly().turn(due, now, CatchUp::Latest);
        let missed = DueSpan { first: due, last: at("2026-11-29T09:00:00Z"), due_times: 24 };
        assert_eq!(turn.missed, Some(missed));
        assert_eq!(turn.fires, at("2026-11-29T10:00:00Z"));
        assert_eq!(turn.next, Some(at("2026-11-29T11:00:00Z")));
        let turn = hourly().turn(due, now, CatchUp::All);
        assert_eq!(turn, Turn { missed: None, fires: due, next: Some(at("2026-11-28T11:00:00Z")) });
    }

    #[test]
    fn a_long_outage_is_counted_up_to_a_bound() {
        let minutely = Cadence::parse("* * * * *", "Europe/Berlin").unwrap();
        let (due, now) = (at("2025-01-01T00:00:00Z"), at("2026-01-01T00:00:30Z"));
        let turn = minutely.turn(due, now, CatchUp::Latest);
        let missed = DueSpan { first: due, last: at("2025-12-31T23:59:00Z"), due_times: MAX_DUE_TIMES };
        assert_eq!((turn.missed, turn.fires), (Some(missed), at("2026-01-01T00:00:00Z")));
        let week = minutely.passed(at("2026-11-21T00:00:00Z"), at("2026-11-27T23:59:59Z")).unwrap();
        assert_eq!((week.last, week.due_times), (at("2026-11-27T23:59:00Z"), 10_080));
    }

    #[test]
    fn what_is_not_due_yet_has_not_passed() {
        let due = at("2026-11-28T10:00:00Z");
        assert_eq!(hourly().passed(due, at("2026-11-28T09:59:59Z")), None);
        let one = DueSpan { first: due, last: due, due_times: 1 };
        assert_eq!(hourly().passed(due, due), Some(one));
    }

    #[test]
    fn the_latest_due_time_is_found_however_seldom_it_comes() {
        for (cron, latest) in [
            ("* * * * *", "2026-11-28T10:00:00Z"),
            ("0 3 * * *", "2026-11-28T03:00:00Z"),
            ("0 0 1 * *", "2026-11-01T00:00:00Z"),
            ("0 0 31 12 *", "2025-12-31T00:00:00Z"),
            ("0 0 29 2 *", "2024-02-29T00:00:00Z"),
        ] {
            let cadence = Cadence::parse(cron, "UTC").unwrap();
            assert_eq!(cadence.latest(at("2026-11-28T10:00:59Z")), Some(at(latest)), "{cron}");
        }
    }
}
