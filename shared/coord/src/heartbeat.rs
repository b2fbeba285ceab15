//! A member's heartbeat: it tells the fleet of itself until it leaves.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stet_domain::causes::with_causes;
use stet_domain::member::Duty;
use tokio::time::MissedTickBehavior;

use crate::members::BEAT_EVERY;
use crate::{Beat, Lately, Members};

/// What lies behind is told of this much.
const WINDOW: Duration = Duration::from_mins(1);

/// Who a member is.
#[derive(Debug, Clone)]
pub struct Who {
    /// Host, process and start.
    pub incarnation: String,
    /// What it does.
    pub duty: Duty,
    /// The build that it is of.
    pub build: String,
    /// Cells that it may have in flight.
    pub slots: u64,
}

/// What a member has done since it began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Cells in flight now.
    pub in_flight: u64,
    /// Cells whose end was written.
    pub cells_ended: u64,
    /// How long those held their slots, in milliseconds, together.
    pub slots_held_ms: u64,
}

/// Tells of the member every [`BEAT_EVERY`] until `gone`, then takes it off the list. What the engine refuses is logged once until it takes it again: the
/// member works on.
pub async fn beat(
    members: Arc<dyn Members>,
    who: Who,
    work: impl Fn() -> Work,
    gone: impl Future<Output = ()>,
) {
    let beating = async {
        let mut history = History::begun(Instant::now(), work());
        let mut tick = tokio::time::interval(BEAT_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failing = false;
        loop {
            tick.tick().await;
            let now = work();
            let told = Beat {
                incarnation: who.incarnation.clone(),
                duty: who.duty,
                build: who.build.clone(),
                slots: who.slots,
                in_flight: now.in_flight,
                lately: history.lately(Instant::now(), now),
            };
            match members.beat(&told).await {
                Ok(()) => failing = false,
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(error = with_causes(&error), "the fleet could not be told of this member");
                }
                Err(_still) => {}
            }
        }
    };
    tokio::select! {
        () = gone => {}
        () = beating => {}
    }
    if let Err(error) = members.leave(&who.incarnation).await {
        tracing::debug!(
            error = with_causes(&error),
            "the member stays on the list until it is taken for lost"
        );
    }
}

/// What was done when, as far back as the window.
struct History(VecDeque<(Instant, Work)>);

impl History {
    fn begun(at: Instant, work: Work) -> Self {
        Self(VecDeque::from([(at, work)]))
    }

    /// Keeps this moment; answers what came since the beginning of the window.
    fn lately(&mut self, now: Instant, work: Work) -> Lately {
        // The last moment before the window stays: what came since then is of the whole window.
        while self.0.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.0.pop_front();
        }
        self.0.push_back((now, work));
        let (since, before) = self.0[0];
        Lately {
            window_ms: u64::try_from(now.duration_since(since).as_millis()).unwrap_or(u64::MAX),
            cells_ended: work.cells_ended.saturating_sub(before.cells_ended),
            slots_held_ms: work.slots_held_ms.saturating_sub(before.slots_held_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(cells: u64) -> Work {
        Work { in_flight: 0, cells_ended: cells, slots_held_ms: cells * 10 }
    }

    #[test]
    fn what_lies_behind_the_window_is_forgotten() {
        let begin = Instant::now();
        let mut history = History::begun(begin, ended(0));
        let at = |seconds| begin + Duration::from_secs(seconds);
        let lately = |cells: u64, window_s: u64| Lately {
            window_ms: window_s * 1_000,
            cells_ended: cells,
            slots_held_ms: cells * 10,
        };
        assert_eq!(history.lately(at(2), ended(5)), lately(5, 2));
        assert_eq!(history.lately(at(40), ended(100)), lately(100, 40));
        // The window of 61 s begins at the start still; that of 70 s at the second moment.
        assert_eq!(history.lately(at(61), ended(101)), lately(101, 61));
        assert_eq!(history.lately(at(70), ended(101)), lately(96, 68));
        assert_eq!(history.lately(at(200), ended(101)), lately(0, 130));
    }
}
