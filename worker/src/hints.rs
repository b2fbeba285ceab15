//! Ids that a queue hints at, on their way to the executor.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use stet_domain::bell::Heard;
use stet_domain::ids::{OrgId, RunId};
use tokio::sync::mpsc;

/// A hint that found no slot for so long is passed over: whose turn it is by now, the rows say.
const STALE_AFTER: Duration = Duration::from_secs(1);

/// What a worker goes by when it looks for work: the hints of a queue where there is one, and the rows. The rows are the truth; hints spare a fleet the
/// looking, and give each process other runs to claim.
#[derive(Debug)]
pub(crate) struct Hints {
    heard: Option<mpsc::Receiver<Heard>>,
    held: VecDeque<Heard>,
    /// When the rows are looked at whatever is heard; always, where there is no queue.
    rows_at: Option<Instant>,
}

impl Hints {
    /// Without a queue nothing is heard, and every look is at the rows.
    pub(crate) fn none() -> Self {
        Self { heard: None, held: VecDeque::new(), rows_at: None }
    }

    /// Those of a queue. The first look is at the rows: nobody may have rung for what waits there.
    pub(crate) fn of(heard: mpsc::Receiver<Heard>) -> Self {
        Self { heard: Some(heard), held: VecDeque::new(), rows_at: Some(Instant::now()) }
    }

    /// At most `most` of what was hinted at lately.
    pub(crate) fn take(&mut self, most: usize) -> Vec<(OrgId, RunId)> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(mut hint) = self.next() else { break };
            if hint.at.elapsed() > STALE_AFTER {
                self.look_at_rows();
                continue;
            }
            let rest = hint.runs.split_off(hint.runs.len().min(most - taken.len()));
            taken.append(&mut hint.runs);
            if !rest.is_empty() {
                self.held.push_front(Heard { runs: rest, ..hint });
            }
        }
        taken
    }

    fn next(&mut self) -> Option<Heard> {
        self.held.pop_front().or_else(|| self.heard.as_mut()?.try_recv().ok())
    }

    /// The same, and what is heard within `window` of the first.
    pub(crate) async fn gather(&mut self, most: usize, window: Duration) -> Vec<(OrgId, RunId)> {
        let mut hinted = self.take(most);
        if hinted.is_empty() || window.is_zero() {
            return hinted;
        }
        let deadline = tokio::time::Instant::now() + window;
        while hinted.len() < most && tokio::time::timeout_at(deadline, self.heard()).await.is_ok() {
            hinted.extend(self.take(most - hinted.len()));
        }
        hinted
    }

    /// Waits for a hint; for ever, where none can come.
    pub(crate) async fn heard(&mut self) {
        let Some(heard) = &mut self.heard else { return std::future::pending().await };
        if let Some(hint) = heard.recv().await {
            return self.held.push_back(hint);
        }
        // Whoever listened is gone: nothing is heard from here on.
        self.heard = None;
        std::future::pending::<()>().await;
    }

    /// Whether the rows are to be looked at now.
    pub(crate) fn rows_are_due(&self) -> bool {
        self.rows_at.is_none_or(|at| at <= Instant::now())
    }

    /// The rows were looked at and had nothing: hints are gone by for so long. Until then they are looked at again and again, for somebody's bell is lost.
    pub(crate) fn rows_had_nothing(&mut self, next: Duration) {
        if let Some(at) = &mut self.rows_at {
            *at = Instant::now() + next;
        }
    }

    /// The rows are to be looked at: something that was hinted at could not be begun.
    pub(crate) fn look_at_rows(&mut self) {
        if let Some(at) = &mut self.rows_at {
            *at = Instant::now();
        }
    }

    /// How long hints alone are gone by; `None` where there is no queue.
    pub(crate) fn rows_due_in(&self) -> Option<Duration> {
        self.rows_at.map(|at| at.saturating_duration_since(Instant::now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(ids: std::ops::Range<u128>) -> Vec<(OrgId, RunId)> {
        ids.map(|id| ("acme".parse().unwrap(), RunId::from_bytes(id.to_be_bytes()))).collect()
    }

    fn hint(ids: std::ops::Range<u128>) -> Heard {
        Heard::now(runs(ids))
    }

    #[tokio::test]
    async fn hints_are_worked_off_in_order_and_no_more_than_there_are_slots() {
        let (ring, heard) = mpsc::channel(1);
        let mut hints = Hints::of(heard);
        assert!(hints.rows_are_due(), "nobody may have rung for what waits");
        hints.rows_had_nothing(Duration::from_mins(1));
        assert!(!hints.rows_are_due() && hints.rows_due_in().unwrap() > Duration::from_secs(50));
        ring.send(hint(0..3)).await.unwrap();
        assert!(ring.try_send(hint(3..4)).is_err(), "there is room for no more");
        assert_eq!(hints.take(2), runs(0..2));
        ring.send(hint(3..5)).await.unwrap();
        assert_eq!(hints.take(9), [runs(2..3), runs(3..5)].concat());
        assert_eq!(hints.take(9), []);
        ring.send(hint(5..6)).await.unwrap();
        hints.heard().await;
        assert_eq!(hints.take(9), runs(5..6));
        hints.look_at_rows();
        assert!(hints.rows_are_due());
    }

    #[tokio::test]
    async fn a_hint_that_found_no_slot_for_long_is_passed_over_for_the_rows() {
        let (ring, heard) = mpsc::channel(2);
        let mut hints = Hints::of(heard);
        hints.rows_had_nothing(Duration::from_mins(1));
        let long_ago = Instant::now().checked_sub(STALE_AFTER * 2).unwrap();
        ring.send(Heard { runs: runs(0..3), at: long_ago }).await.unwrap();
        ring.send(hint(3..5)).await.unwrap();
        assert_eq!(hints.take(1), runs(3..4));
        assert!(hints.rows_are_due(), "what was passed over still waits");
        assert_eq!(hints.take(9), runs(4..5));
    }

    #[tokio::test]
    async fn the_first_hint_waits_for_others_as_long_as_its_window() {
        let (ring, heard) = mpsc::channel(1);
        let mut hints = Hints::of(heard);
        let window = Duration::from_mins(1);
        assert_eq!(hints.gather(9, window).await, [], "nothing is waited for where nothing was heard");
        ring.send(hint(0..3)).await.unwrap();
        let later = tokio::spawn(async move {
            for from in [3, 6, 9] {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ring.send(hint(from..from + 3)).await.unwrap();
            }
            ring
        });
        assert_eq!(hints.gather(8, window).await, runs(0..8), "no longer than there are slots");
        let ring = later.await.unwrap();
        let (begun, window) = (Instant::now(), Duration::from_millis(20));
        assert_eq!(hints.gather(9, window).await, runs(8..12));
        assert!(begun.elapsed() >= window);
        ring.send(hint(12..13)).await.unwrap();
        assert_eq!(hints.gather(9, Duration::ZERO).await, runs(12..13));
    }

    #[tokio::test]
    async fn without_a_queue_every_look_is_at_the_rows() {
        let mut hints = Hints::none();
        hints.rows_had_nothing(Duration::from_mins(1));
        assert!(hints.rows_are_due() && hints.rows_due_in().is_none() && hints.take(9).is_empty());
        assert!(tokio::time::timeout(Duration::from_millis(20), hints.heard()).await.is_err());
    }
}
