//! A batch, held by a person.

use stet_domain::batch::{BatchEvent, BatchStatus, PAUSE_SETTLES};
use stet_domain::ids::BatchId;

use super::decision::{Decision, held, reason};
use crate::audit::Change;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Pauses a batch: once this is answered no cell starts; calls that run may end (reliability.md, I8). A resume that is asked for is taken back.
    ///
    /// It is answered [`PAUSE_SETTLES`] after it holds: what was claimed just before has been sent by then.
    ///
    /// # Errors
    /// [`OpError::BatchState`] where it has ended; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn pause_batch(
        &self,
        actor: &Actor,
        id: BatchId,
        why: Option<&str>,
    ) -> Result<Decision, OpError> {
        actor.may(Operation::PauseBatch)?;
        let why = why.map(reason).transpose()?;
        let mut tx = self.store().begin(&actor.org).await?;
        let view = held(&mut *tx, id).await?;
        let event = (&view, BatchEvent::Pause, "paused");
        let mut changed = self.decide(&mut *tx, actor, Operation::PauseBatch, event, why).await?;
        if !changed && tx.withdraw_resume(id).await? {
            let change = Change::control(id, &view.control, &view.control);
            self.audit(&mut *tx, actor, Operation::PauseBatch, change).await?;
            changed = true;
        }
        let batch = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        tx.commit().await?;
        if batch.control.status == BatchStatus::Paused {
            tokio::time::sleep(PAUSE_SETTLES).await;
        }
        Ok(Decision { changed, batch })
    }
}
