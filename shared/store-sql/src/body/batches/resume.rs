//! What an operator asks of a paused batch.

use stet_domain::batch::ResumeLock;
use stet_domain::ids::BatchId;
use stet_store::{ResumeRequest, StoreError};

use super::{Columns, Row, Transaction, queries};

pub(super) async fn hold_batch(tx: &mut Transaction, id: BatchId) -> Result<bool, StoreError> {
    let query = tx.scoped(queries::HOLD_BATCH).bind(id.to_bytes().to_vec());
    Ok(tx.optional(query).await?.is_some())
}

pub(super) async fn request(
    tx: &mut Transaction,
    id: BatchId,
    request: &ResumeRequest,
) -> Result<bool, StoreError> {
    let query = tx
        .scoped(queries::REQUEST_RESUME)
        .bind(id.to_bytes().to_vec())
        .bind(request.lock.as_str())
        .bind(request.accept_version.clone())
        .bind(request.reason.clone())
        .bind(request.by.clone())
        .bind(request.at.0);
    Ok(tx.run(query).await? == 1)
}

pub(super) async fn withdraw(tx: &mut Transaction, id: BatchId) -> Result<bool, StoreError> {
    let query = tx.scoped(queries::WITHDRAW_RESUME).bind(id.to_bytes().to_vec());
    Ok(tx.run(query).await? == 1)
}

pub(super) fn read_resume(row: &Row) -> Result<Option<ResumeRequest>, StoreError> {
    let columns = Columns::of("batch_controls", row);
    let Some(lock) = columns.named_if("resume_lock", ResumeLock::named)? else { return Ok(None) };
    Ok(Some(ResumeRequest {
        lock,
        accept_version: columns.get("resume_version")?,
        reason: columns.text("resume_reason")?,
        by: columns.text("resume_by")?,
        at: columns.time("resume_at_us")?,
    }))
}
