//! The seam between those who write rows and those who execute them (system.md, seam 1).

use async_trait::async_trait;

use crate::ids::{BatchId, OrgId, RunId};

/// Rings for work that is already committed as rows; a ring may be lost, repeated or late without harm (reliability.md).
#[async_trait]
pub trait TaskRunner: Send + Sync {
    /// A single run is due.
    async fn run_cell(&self, org: &OrgId, run: RunId);

    /// A batch has something due: its preflight or its cells, of which `first` are those that wait in front.
    async fn run_batch(&self, org: &OrgId, batch: BatchId, first: &[RunId]);
}
