//! The task runner of a fleet: hints at what has become due, once it is committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use stet_domain::bell::Bell;
use stet_domain::causes::with_causes;
use stet_domain::ids::{BatchId, OrgId, RunId};
use stet_domain::task::TaskRunner;
use stet_domain::trace::TraceParent;

/// Rings a [`Bell`] for other processes. What cannot be rung is said in the log and no more: the rows are committed, and the scheduler rings again.
pub struct ApalisTaskRunner {
    bell: Arc<dyn Bell>,
    /// Whether the last ring failed: an outage is told once.
    silent: AtomicBool,
}

impl ApalisTaskRunner {
    /// A runner that rings this bell.
    #[must_use]
    pub fn new(bell: Arc<dyn Bell>) -> Self {
        Self { bell, silent: AtomicBool::new(false) }
    }

    async fn ring(&self, runs: &[(OrgId, RunId)], trace: Option<&TraceParent>) {
        let outcome = self.bell.ring(runs, trace).await;
        let was_silent = self.silent.swap(outcome.is_err(), Ordering::Relaxed);
        match outcome {
            Ok(()) if was_silent => tracing::info!("the queue can be rung again"),
            Ok(()) => {}
            Err(error) if was_silent => {
                tracing::debug!(runs = runs.len(), error = with_causes(&error), "the queue was not rung");
            }
            Err(error) => tracing::warn!(
                runs = runs.len(),
                error = with_causes(&error),
                "the queue was not rung; the scheduler will ring again"
            ),
        }
    }
}

#[async_trait]
impl TaskRunner for ApalisTaskRunner {
    async fn run_cell(&self, org: &OrgId, run: RunId, trace: Option<&TraceParent>) {
        self.ring(&[(org.clone(), run)], trace).await;
    }

    /// Also while the batch is in its preflight: whoever hears of its cells looks whether there is a preflight to do first.
    async fn run_batch(&self, org: &OrgId, _batch: BatchId, first: &[RunId], trace: Option<&TraceParent>) {
        let runs: Vec<_> = first.iter().map(|run| (org.clone(), *run)).collect();
        if !runs.is_empty() {
            self.ring(&runs, trace).await;
        }
    }
}
