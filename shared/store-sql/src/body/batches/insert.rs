//! Writing a batch with all of its cells.

use stet_domain::mode::GroundingMode;
use stet_store::{NewBatch, StoreError};

use super::params::{integer, json, tell};
use super::{Transaction, queries};

pub(super) async fn insert_batch(tx: &mut Transaction, batch: &NewBatch) -> Result<(), StoreError> {
    let row = &batch.row;
    let id = row.id.to_bytes().to_vec();
    let modes: Vec<_> = row.grounding_modes.iter().copied().map(GroundingMode::as_str).collect();
    let definition = tx
        .scoped(queries::INSERT_BATCH)
        .bind(id.clone())
        .bind(row.template.to_bytes().to_vec())
        .bind(row.batch_sha256.to_bytes().to_vec())
        .bind(row.plan_sha256.to_bytes().to_vec())
        .bind(json(&row.locales)?)
        .bind(json(&modes)?)
        .bind(i64::from(row.replicates))
        .bind(integer(row.cells))
        .bind(row.inputs.clone())
        .bind(row.inputs_sha256.to_bytes().to_vec())
        .bind(row.drift_policy.as_str())
        .bind(row.max_parallel.map(i64::from))
        .bind(row.created_by.clone())
        .bind(row.created_at.0)
        .bind(batch.seal.hmac.to_vec())
        .bind(batch.seal.key_id.clone())
        .bind(batch.trace.as_ref().map(ToString::to_string));
    tx.run(definition).await?;
    let control = tx
        .scoped(queries::INSERT_BATCH_CONTROL)
        .bind(id.clone())
        .bind(row.created_by.clone())
        .bind(row.created_at.0);
    tx.run(control).await?;
    let counters = tx.scoped(queries::INSERT_BATCH_COUNTERS).bind(id).bind(integer(row.cells));
    tx.run(counters).await?;
    insert_cells(tx, batch).await
}

async fn insert_cells(tx: &mut Transaction, batch: &NewBatch) -> Result<(), StoreError> {
    let cells = tell(&batch.cells, |cell, row| {
        row.id("run", cell.id.to_bytes());
        row.number("batch_run_index", i64::from(cell.batch_run_index));
        row.text("locale", cell.locale.as_str());
        row.number("locale_index", i64::from(cell.locale_index));
        row.text("grounding_mode", cell.grounding_mode.as_str());
        row.number("replicate_index", i64::from(cell.replicate_index));
    });
    let id = batch.row.id.to_bytes().to_vec();
    tx.insert(queries::INSERT_CELLS, cells, batch.cells.len(), |query| query.bind(id.clone())).await
}
