//! The end of a batch.

use stet_domain::clock::Timestamp;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_store::StoreError;

use super::counters::Outcomes;
use super::params::{Hex, pack};
use super::{BEFORE_COMPLETION, Columns, Row, Transaction, queries};

pub(super) async fn cancel_waiting_runs(
    tx: &mut Transaction,
    id: BatchId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    let query = tx.scoped(queries::CANCEL_WAITING_RUNS).bind(id.to_bytes().to_vec()).bind(at.0);
    let cancelled = tx.run(query).await?;
    if cancelled > 0 {
        let mut outcomes = Outcomes::default();
        outcomes.add(id.to_bytes(), RunStatus::Cancelled, cancelled, at.0);
        outcomes.write(tx).await?;
    }
    Ok(cancelled)
}

pub(super) async fn complete_batches(
    tx: &mut Transaction,
    ids: &[BatchId],
    at: Timestamp,
) -> Result<Vec<BatchId>, StoreError> {
    let held = match BEFORE_COMPLETION {
        Some(hold) => read_batches(&tx.bulk(hold, pack_batches(ids)?).await?)?,
        None => ids.to_vec(),
    };
    if held.is_empty() {
        return Ok(held);
    }
    let rows =
        tx.bulk_with(queries::COMPLETE_BATCHES, pack_batches(&held)?, |query| query.bind(at.0)).await?;
    read_batches(&rows)
}

fn pack_batches(ids: &[BatchId]) -> Result<Vec<String>, StoreError> {
    pack(ids.iter().map(|id| Hex(id.to_bytes())))
}

fn read_batches(rows: &[Row]) -> Result<Vec<BatchId>, StoreError> {
    rows.iter()
        .map(|row| Columns::of("batch_controls", row).array("batch_id").map(BatchId::from_bytes))
        .collect()
}
