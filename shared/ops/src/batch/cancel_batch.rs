//! A batch, called off.

use stet_domain::batch::BatchEvent;
use stet_domain::ids::BatchId;

use super::decision::{Decision, held, reason};
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Calls a batch off: what has not started is cancelled with `BATCH_ENDED`, runs in flight still commit (system.md, "State machines").
    ///
    /// # Errors
    /// [`OpError::BatchState`] where it has ended; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn cancel_batch(&self, actor: &Actor, id: BatchId, why: &str) -> Result<Decision, OpError> {
        actor.may(Operation::CancelBatch)?;
        let why = reason(why)?;
        let mut tx = self.store().begin(&actor.org).await?;
        let view = held(&mut *tx, id).await?;
        let event = (&view, BatchEvent::Cancel, "cancelled");
        let changed = self.decide(&mut *tx, actor, Operation::CancelBatch, event, Some(why)).await?;
        if changed {
            tx.cancel_waiting_runs(id, self.parts.clock.now()).await?;
        }
        let batch = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        tx.commit().await?;
        Ok(Decision { changed, batch })
    }
}
