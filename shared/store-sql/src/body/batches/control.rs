//! The control row.

use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::ids::BatchId;
use stet_store::{BatchControl, StoreError};

use super::super::transaction::Query;
use super::{Columns, Row, Transaction, queries};

pub(super) async fn set_batch_control(
    tx: &mut Transaction,
    id: BatchId,
    from: BatchStatus,
    to: &BatchControl,
) -> Result<bool, StoreError> {
    let query = tx.scoped(queries::SET_BATCH_CONTROL).bind(id.to_bytes().to_vec()).bind(from.as_str());
    Ok(tx.run(bind_control(query, to)).await? == 1)
}

/// The seven columns, in the order in which every statement that writes them takes them.
pub(super) fn bind_control(query: Query, control: &BatchControl) -> Query {
    query
        .bind(control.status.as_str())
        .bind(control.pause_reason.map(PauseReason::as_str))
        .bind(control.reason.clone())
        .bind(control.changed_by.clone())
        .bind(control.changed_at.0)
        .bind(control.lock_epoch)
        .bind(i64::from(control.preflight_attempts))
}

pub(super) fn read_control(row: &Row) -> Result<BatchControl, StoreError> {
    let columns = Columns::of("batch_controls", row);
    Ok(BatchControl {
        status: columns.named("status", BatchStatus::named)?,
        pause_reason: columns.named_if("pause_reason", PauseReason::named)?,
        reason: columns.get("reason")?,
        changed_by: columns.text("changed_by")?,
        changed_at: columns.time("changed_at_us")?,
        lock_epoch: columns.get("lock_epoch")?,
        preflight_attempts: columns.number("preflight_attempts")?,
    })
}
