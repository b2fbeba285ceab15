//! Batches, as their submitters see them.

mod get_batch;
mod list_batches;
mod list_preflight_attempts;
mod plan;
mod plan_batch;
mod submit_batch;
mod verify_batch;

use stet_domain::ids::BatchId;
use stet_store::{BatchRow, Tx};

use crate::OpError;

pub use plan::{BatchSubmission, EstimatedTokens, Plan, PlannedCell, PlannedLock};

/// The definition of the batch, or that there is none.
pub(crate) async fn required_batch_row(tx: &mut dyn Tx, id: BatchId) -> Result<BatchRow, OpError> {
    tx.get_batch_row(id).await?.ok_or(OpError::not_found("batch"))
}
