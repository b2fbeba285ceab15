//! The seam between those who write rows and those who execute them (system.md, seam 1).

use async_trait::async_trait;

use crate::ids::{BatchId, OrgId, RunId};
use crate::trace::TraceParent;

/// Rings for work that is already committed as rows; a ring may be lost, repeated or late without harm (reliability.md).
#[async_trait]
pub trait TaskRunner: Send + Sync {
    /// A single run is due; `trace` is that of the request which made it so, where there is one.
    async fn run_cell(&self, org: &OrgId, run: RunId, trace: Option<&TraceParent>);

    /// A batch has something due: its preflight or its cells, of which `first` are those that wait in front; `trace` as above.
    async fn run_batch(&self, org: &OrgId, batch: BatchId, first: &[RunId], trace: Option<&TraceParent>);
}
