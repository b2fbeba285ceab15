//! The bell that rings inside one process.

use std::sync::Arc;

use async_trait::async_trait;
use stet_domain::ids::{BatchId, OrgId, RunId};
use stet_domain::task::TaskRunner;
use stet_domain::trace::TraceParent;
use tokio::sync::Notify;

/// Wakes the executor of the same process (`EXECUTION_MODE=sync`). A ring carries nothing: the executor looks at the rows, so
/// that rings may be lost, doubled or late without harm.
#[derive(Debug, Clone, Default)]
pub struct Doorbell {
    bell: Arc<Notify>,
}

impl Doorbell {
    /// Rings without saying for what.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits for a ring; one that came before the wait counts.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }
}

#[async_trait]
impl TaskRunner for Doorbell {
    async fn run_cell(&self, _org: &OrgId, _run: RunId, _trace: Option<&TraceParent>) {
        self.ring();
    }

    async fn run_batch(&self, _org: &OrgId, _batch: BatchId, _first: &[RunId], _trace: Option<&TraceParent>) {
        self.ring();
    }
}
