//! What an operator decides on a batch.

use stet_domain::batch::{BatchEvent, step};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_store::{BatchControl, BatchView, Tx};

use crate::audit::Change;
use crate::{Actor, OpError, Operation, Ops};

/// Characters of a reason at most.
pub(super) const REASON_MAX_CHARS: usize = 1_000;

/// A batch after a decision; the same decision made twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether this request changed anything.
    pub changed: bool,
    /// The batch as it stands now.
    pub batch: BatchView,
}

/// The batch, its control row locked until the transaction ends.
pub(super) async fn held(tx: &mut dyn Tx, id: BatchId) -> Result<BatchView, OpError> {
    if !tx.hold_batch(id).await? {
        return Err(OpError::not_found("batch"));
    }
    tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))
}

/// The refusal of an event that cannot happen where the batch stands.
pub(super) fn refused(view: &BatchView, what: &str) -> OpError {
    OpError::BatchState { status: view.control.status, detail: format!("it cannot be {what}") }
}

impl Ops {
    /// Moves a held batch by an operator's event, and writes down who, when and why; `false` where it stands there already.
    pub(super) async fn decide(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        operation: Operation,
        (view, event, what): (&BatchView, BatchEvent, &str),
        reason: Option<String>,
    ) -> Result<bool, OpError> {
        let from = view.control.status;
        let next = step(from, event).map_err(|_illegal| refused(view, what))?;
        if next.state == from {
            return Ok(false);
        }
        let to = BatchControl {
            status: next.state,
            pause_reason: event.pause_reason(),
            reason,
            changed_by: actor.key_id.to_string(),
            changed_at: self.parts.clock.now(),
            ..view.control.clone()
        };
        let moved = tx.set_batch_control(view.row.id, from, &to).await?;
        if moved {
            self.audit(tx, actor, operation, Change::control(view.row.id, &view.control, &to)).await?;
        }
        Ok(moved)
    }
}

/// A reason as it is kept.
pub(crate) fn reason(text: &str) -> Result<String, OpError> {
    let text = text.trim();
    let count = text.chars().count();
    if text.is_empty() {
        return Err(OpError::field(ErrorCode::Empty, "/reason", "a reason is needed"));
    }
    if count > REASON_MAX_CHARS {
        let detail = format!("{count} characters, at most {REASON_MAX_CHARS} are kept");
        return Err(OpError::field(ErrorCode::TooLong, "/reason", detail));
    }
    if text.contains('\0') {
        return Err(OpError::field(ErrorCode::ValueNotAllowed, "/reason", "U+0000 is not allowed"));
    }
    Ok(text.to_owned())
}
