//! A batch that stops by itself.

use stet_domain::batch::{BatchEvent, step};
use stet_domain::ids::BatchId;
use stet_store::{BatchControl, Tx};

use crate::audit::{Change, SYSTEM};
use crate::{OpError, Ops};

/// Pauses the batch in the given transaction; `false` where it had stopped before, whose reason stands.
pub(crate) async fn pause_batch(
    ops: &Ops,
    tx: &mut dyn Tx,
    id: BatchId,
    event: BatchEvent,
    reason: String,
) -> Result<bool, OpError> {
    let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
    let from = view.control.status;
    // News from a call that was in flight when the batch had already ended changes nothing.
    let Ok(next) = step(from, event) else { return Ok(false) };
    if next.state == from {
        return Ok(false);
    }
    let to = BatchControl {
        status: next.state,
        pause_reason: event.pause_reason(),
        reason: Some(reason),
        changed_by: SYSTEM.to_owned(),
        changed_at: ops.parts.clock.now(),
        lock_epoch: view.control.lock_epoch,
        preflight_attempts: view.control.preflight_attempts,
    };
    let paused = tx.set_batch_control(id, from, &to).await?;
    if paused {
        let change = Change::control(id, &view.control, &to);
        ops.audit_system(tx, "pause_batch", change).await?;
    }
    Ok(paused)
}
