//! The task runner of a fleet: hints at what has become due, once it is committed.

use std::sync::Arc;

use async_trait::async_trait;
use stet_domain::bell::Bell;
use stet_domain::ids::{BatchId, OrgId, RunId};
use stet_domain::task::TaskRunner;
use stet_store::{Store, StoreError};

/// The first window of a batch: what follows is the scheduler's to ring for.
const FIRST_WINDOW: u32 = 500;

/// Rings a [`Bell`] for other processes. What cannot be rung is said in the log and no more: the rows are committed, and the scheduler rings again.
pub struct ApalisTaskRunner {
    bell: Arc<dyn Bell>,
    store: Arc<dyn Store>,
}

impl ApalisTaskRunner {
    /// A runner that rings this bell for the rows of this store.
    #[must_use]
    pub fn new(bell: Arc<dyn Bell>, store: Arc<dyn Store>) -> Self {
        Self { bell, store }
    }

    async fn ring(&self, runs: &[(OrgId, RunId)]) {
        if let Err(error) = self.bell.ring(runs).await {
            tracing::warn!(
                runs = runs.len(),
                error = told(&error),
                "the queue was not rung; the scheduler will ring again"
            );
        }
    }

    async fn first_window(&self, org: &OrgId, batch: BatchId) -> Result<Vec<RunId>, StoreError> {
        self.store.read(org).await?.waiting_cells(batch, FIRST_WINDOW).await
    }
}

#[async_trait]
impl TaskRunner for ApalisTaskRunner {
    async fn run_cell(&self, org: &OrgId, run: RunId) {
        self.ring(&[(org.clone(), run)]).await;
    }

    /// Also while the batch is in its preflight: whoever hears of its cells looks whether there is a preflight to do first.
    async fn run_batch(&self, org: &OrgId, batch: BatchId) {
        match self.first_window(org, batch).await {
            Ok(cells) if cells.is_empty() => {}
            Ok(cells) => {
                let runs: Vec<_> = cells.into_iter().map(|run| (org.clone(), run)).collect();
                self.ring(&runs).await;
            }
            Err(error) => {
                tracing::warn!(%batch, %error, "the batch's cells were not hinted at; the scheduler will");
            }
        }
    }
}

/// The error with its causes, in one line.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
