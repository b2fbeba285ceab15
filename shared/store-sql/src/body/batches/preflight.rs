//! The lease of a preflight, and the attempts under it.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, Fence, Incarnation};
use stet_store::{
    BatchControl, Batches as _, ExchangeRow, PreflightAttemptEnd, PreflightClaim, SealedLock, StoreError,
};

use super::control::bind_control;
use super::lock::insert_lock;
use super::params::{delay, integer};
use super::resume::read_resume;
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
    begin_attempt(tx, id, fence, worker).await?;
    let resume = read_resume(&claimed)?;
    let lock = match columns.get("lock_epoch")? {
        None => None,
        Some(epoch) => tx.get_lock(id, epoch).await?,
    };
    Ok(tx.get_batch_row(id).await?.map(|row| PreflightClaim { row, fence, attempts, resume, lock }))
}

pub(super) async fn release(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    delay_ms: u64,
    burn: bool,
    end: &PreflightAttemptEnd,
) -> Result<bool, StoreError> {
    let query = tx
        .scoped(queries::RELEASE_PREFLIGHT)
        .bind(id.to_bytes().to_vec())
        .bind(fence.0)
        .bind(delay(delay_ms))
        .bind(i64::from(burn));
    let held = tx.run(query).await? == 1;
    end_attempt(tx, id, fence, held, end).await?;
    Ok(held)
}

pub(super) async fn finish(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    control: &BatchControl,
    lock: Option<&SealedLock>,
    end: &PreflightAttemptEnd,
) -> Result<bool, StoreError> {
    let query = tx.scoped(queries::FINISH_PREFLIGHT).bind(id.to_bytes().to_vec()).bind(fence.0);
    let held = tx.run(bind_control(query, control)).await? == 1;
    if let (true, Some(lock)) = (held, lock) {
        insert_lock(tx, id, lock).await?;
    }
    end_attempt(tx, id, fence, held, end).await?;
    Ok(held)
}

/// The attempts that are open still were lost with their leases.
async fn begin_attempt(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    worker: &Incarnation,
) -> Result<(), StoreError> {
    let lost = tx.scoped(queries::LOSE_PREFLIGHT_ATTEMPTS).bind(id.to_bytes().to_vec());
    tx.run(lost).await?;
    let begun = tx
        .scoped(queries::INSERT_PREFLIGHT_ATTEMPT)
        .bind(id.to_bytes().to_vec())
        .bind(fence.0)
        .bind(worker.0.clone());
    tx.run(begun).await?;
    Ok(())
}

/// Writes the end and the exchanges; an attempt that has its end keeps it.
async fn end_attempt(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    held: bool,
    end: &PreflightAttemptEnd,
) -> Result<(), StoreError> {
    let outcome = if held { end.outcome } else { AttemptOutcome::Fenced };
    let query = tx
        .scoped(queries::CLOSE_PREFLIGHT_ATTEMPT)
        .bind(id.to_bytes().to_vec())
        .bind(fence.0)
        .bind(end.finished_at.0)
        .bind(outcome.as_str())
        .bind(end.error_code.map(ErrorCode::as_str))
        .bind(end.error_detail.clone());
    if tx.run(query).await? == 1 {
        for exchange in &end.exchanges {
            insert_exchange(tx, id, fence, exchange).await?;
        }
    }
    Ok(())
}

async fn insert_exchange(
    tx: &mut Transaction,
    id: BatchId,
    fence: Fence,
    exchange: &ExchangeRow,
) -> Result<(), StoreError> {
    let query = tx
        .scoped(queries::INSERT_PREFLIGHT_EXCHANGE)
        .bind(id.to_bytes().to_vec())
        .bind(fence.0)
        .bind(i64::from(exchange.ordinal))
        .bind(exchange.purpose.clone())
        .bind(exchange.request_sha256.to_bytes().to_vec())
        .bind(exchange.request_body.clone())
        .bind(exchange.reply_status.map(i64::from))
        .bind(exchange.provider_request_id.clone())
        .bind(exchange.reply_body.clone())
        .bind(integer(exchange.latency_ms));
    tx.run(query).await?;
    Ok(())
}
