//! The lease of a preflight.

use stet_domain::ids::{BatchId, Fence, Incarnation};
use stet_store::{BatchControl, Batches as _, LockRow, PreflightClaim, StoreError};

use super::control::bind_control;
use super::lock::insert_lock;
use super::params::delay;
use super::{Columns, Transaction, queries};

pub(super) async fn claim(
    tx: &mut Transaction,
    id: BatchId,
    worker: &Incarnation,
    lease_seconds: u32,
) -> Result<Option<PreflightClaim>, StoreError> {
    let query = tx
        .scoped(queries::CLAIM_PREFLIGHT)
        .bind(id.to_bytes().to_vec())
        .bind(worker.0.clone())
        .bind(i64::from(lease_seconds));
    let Some(claimed) = tx.optional(query).await? else { return Ok(None) };
    let columns = Columns::of("batch_controls", &claimed);
    let (fence, attempts) = (Fence(columns.get("preflight_fence")?), columns.number("preflight_attempts")?);
    Ok(tx.get_batch_row(id).await?.map(|row| PreflightClaim { row, fence, attempts }))
}

pub(super) async fn release(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    delay_ms: u64,
    burn: bool,
) -> Result<bool, StoreError> {
    let query = tx
        .scoped(queries::RELEASE_PREFLIGHT)
        .bind(id.to_bytes().to_vec())
        .bind(fence.0)
        .bind(delay(delay_ms))
        .bind(i64::from(burn));
    Ok(tx.run(query).await? == 1)
}

pub(super) async fn finish(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    control: &BatchControl,
    lock: Option<&LockRow>,
) -> Result<bool, StoreError> {
    let query = tx.scoped(queries::FINISH_PREFLIGHT).bind(id.to_bytes().to_vec()).bind(fence.0);
    if tx.run(bind_control(query, control)).await? == 0 {
        return Ok(false);
    }
    if let Some(lock) = lock {
        insert_lock(tx, id, lock).await?;
    }
    Ok(true)
}
