//! Who in this process waits for a run to end.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use stet_domain::ids::RunId;
use tokio::sync::Notify;

/// Wakes those who wait for a run that ended in this process; those of other processes poll.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    by_run: Mutex<HashMap<RunId, Weak<Notify>>>,
}

impl Waiters {
    /// The bell of that run; it lives as long as somebody holds it.
    pub(crate) fn bell(&self, run: RunId) -> Arc<Notify> {
        let mut by_run = self.by_run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = by_run.get(&run).and_then(Weak::upgrade) {
            return bell;
        }
        by_run.retain(|_, bell| bell.strong_count() > 0);
        let bell = Arc::new(Notify::new());
        by_run.insert(run, Arc::downgrade(&bell));
        bell
    }

    /// Wakes who waits for these.
    pub(crate) fn ring(&self, runs: &[RunId]) {
        let mut by_run = self.by_run.lock().unwrap_or_else(PoisonError::into_inner);
        if by_run.is_empty() {
            return;
        }
        for bell in runs.iter().filter_map(|run| by_run.remove(run)).filter_map(|bell| bell.upgrade()) {
            bell.notify_waiters();
        }
    }
}
