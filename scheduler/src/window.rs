//! How far hints run ahead of the fleet.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use stet_domain::Provider;
use stet_domain::ids::{OrgId, RunId};
use stet_ops::rows::OfferedRun;

/// A run that was rung for and is still due after so long is rung for again: its hint is lost, or whoever heard it is busy.
const AGAIN_AFTER: Duration = Duration::from_secs(10);
/// The fleet's pace is what it took in so long.
const LATELY: Duration = Duration::from_secs(2);
/// So many of a provider's runs are rung for whatever the pace is: a worker that comes to it finds something to do.
const LEAST: u32 = 16;

/// What was rung for lately, and what came of it. A queue is worked off in order, so that whoever comes new waits behind all that was rung for: of a provider that is
/// as much as the fleet began in two seconds, or has slots free for, and never more than [`Window::MOST`].
#[derive(Default)]
pub(crate) struct Window {
    rung: HashMap<(OrgId, RunId), Rung>,
    taken: VecDeque<(Instant, Provider)>,
}

struct Rung {
    at: Instant,
    provider: Provider,
    taken: bool,
}

impl Window {
    /// Runs of a provider that are hinted at and not claimed at any moment, at most.
    pub(crate) const MOST: u32 = 1_000;

    /// Learns of what came of its hints from what is still offered. What is not offered and still waits, for the offer was full, counts as taken: the window is
    /// larger by it for a moment.
    pub(crate) fn saw(&mut self, offered: &[OfferedRun], now: Instant) {
        let offered: HashSet<(&OrgId, RunId)> = offered.iter().map(|run| (&run.org, run.id)).collect();
        for ((org, run), rung) in &mut self.rung {
            if !rung.taken && !offered.contains(&(org, *run)) {
                rung.taken = true;
                self.taken.push_back((now, rung.provider));
            }
        }
        self.rung.retain(|_, rung| now.duration_since(rung.at) < AGAIN_AFTER);
        while self.taken.front().is_some_and(|(at, _)| now.duration_since(*at) >= LATELY) {
            self.taken.pop_front();
        }
    }

    /// Whether this run was rung for so lately that its hint may still be heard.
    pub(crate) fn holds(&self, run: &OfferedRun) -> bool {
        self.rung.contains_key(&(run.org.clone(), run.id))
    }

    /// Of how many of the provider's runs hints may wait while so many slots of the fleet are free.
    pub(crate) fn size(&self, provider: Provider, free_slots: u64) -> u32 {
        let taken = self.taken.iter().filter(|(_, of)| *of == provider).count();
        let wanted = u64::try_from(taken).unwrap_or(u64::MAX).max(free_slots);
        u32::try_from(wanted).unwrap_or(u32::MAX).clamp(LEAST, Self::MOST)
    }

    /// These were rung for.
    pub(crate) fn rang<'a>(&mut self, hinted: impl Iterator<Item = &'a OfferedRun>, now: Instant) {
        for run in hinted {
            let rung = Rung { at: now, provider: run.provider, taken: false };
            self.rung.insert((run.org.clone(), run.id), rung);
        }
    }
}

#[cfg(test)]
mod tests {
    use stet_domain::ids::TemplateId;
    use ulid::Ulid;

    use super::*;

    fn offered(ids: std::ops::Range<u128>) -> Vec<OfferedRun> {
        let run = |id| OfferedRun {
            org: "acme".parse().unwrap(),
            id: RunId(Ulid(id)),
            batch: None,
            template: TemplateId(Ulid(1)),
            provider: Provider::OpenAi,
        };
        ids.map(run).collect()
    }

    #[test]
    fn a_window_goes_by_what_the_fleet_takes() {
        let (mut window, start) = (Window::default(), Instant::now());
        let size = |window: &Window, free| window.size(Provider::OpenAi, free);
        assert_eq!((size(&window, 0), size(&window, 24), size(&window, 5_000)), (LEAST, 24, Window::MOST));
        window.rang(offered(0..100).iter(), start);
        // 60 of them were claimed, and count for two seconds; once each.
        let later = start + Duration::from_millis(500);
        window.saw(&offered(60..100), later);
        assert_eq!((size(&window, 0), size(&window, 80)), (60, 80));
        window.saw(&offered(60..100), later + Duration::from_secs(1));
        assert_eq!(
            (size(&window, 0), window.size(Provider::Gemini, 0)),
            (60, LEAST),
            "each provider has its own"
        );
        window.saw(&offered(60..100), later + LATELY);
        assert_eq!(size(&window, 0), LEAST);
    }

    #[test]
    fn what_is_still_due_after_ten_seconds_is_rung_for_again() {
        let (mut window, start) = (Window::default(), Instant::now());
        let run = &offered(7..8)[0];
        window.rang(std::iter::once(run), start);
        window.saw(std::slice::from_ref(run), start + AGAIN_AFTER / 2);
        assert!(window.holds(run));
        window.saw(std::slice::from_ref(run), start + AGAIN_AFTER);
        assert!(!window.holds(run));
    }
}
