//! Batches, as their submitters see them.

mod accept;
mod canary;
mod cancel_batch;
mod decision;
mod get_batch;
mod get_drift;
mod get_matrix;
mod list_batches;
mod list_preflight_attempts;
mod pause_batch;
mod plan;
mod plan_batch;
mod prove_locks;
mod resume_batch;
mod retry_cells;
mod submission;
mod submit_batch;
mod verify_batch;

use stet_domain::ids::BatchId;
use stet_store::{BatchRow, Tx};

use crate::OpError;

pub use canary::{CanaryBaseline, CanaryReport};
pub use decision::Decision;
pub(crate) use decision::reason;
pub use get_drift::Drift;
pub use get_matrix::Matrix;
pub use plan::{EstimatedTokens, Plan, PlannedCell, PlannedLock};
pub use resume_batch::{RESUME_WAIT, Resume};
pub use retry_cells::RetriedCells;
pub use submission::BatchSubmission;

/// Cells of a batch that are rung for at once, after a commit that made them due: two hints' worth, for what follows is the scheduler's to ring for, in turn and
/// no further than the fleet takes it up.
pub(crate) const FIRST_WINDOW: u32 = 64;

/// The definition of the batch, or that there is none.
pub(crate) async fn required_batch_row(tx: &mut dyn Tx, id: BatchId) -> Result<BatchRow, OpError> {
    tx.get_batch_row(id).await?.ok_or(OpError::not_found("batch"))
}
