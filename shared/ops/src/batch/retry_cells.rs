//! Cells, run again.

use stet_domain::batch::{BatchEvent, BatchStatus, step};
use stet_domain::ids::{BatchId, RunId};
use stet_domain::run::RunStatus;
use stet_store::{BatchView, Rerun, Tx};

use super::FIRST_WINDOW;
use super::decision::{Decision, held, reason, refused};
use crate::audit::Change;
use crate::{Actor, OpError, Operation, Ops};

/// Which cells are taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetriedCells {
    /// Those that failed.
    pub failed: bool,
    /// Those that are kept apart for drift.
    pub quarantined: bool,
}

impl Ops {
    /// Writes a new run for each cell whose current one failed or is quarantined, as asked (system.md, "State machines"): a completed batch goes on, a paused
    /// one keeps them until it is resumed. The earlier runs stay as they are.
    ///
    /// # Errors
    /// [`OpError::BatchState`] in preflight and where it was called off; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn retry_cells(
        &self,
        actor: &Actor,
        id: BatchId,
        cells: RetriedCells,
        why: &str,
    ) -> Result<Decision, OpError> {
        actor.may(Operation::RetryCells)?;
        let why = reason(why)?;
        let mut tx = self.store().begin(&actor.org).await?;
        let view = held(&mut *tx, id).await?;
        step(view.control.status, BatchEvent::RetryCells).map_err(|_illegal| refused(&view, "retried"))?;
        let rerun = self.rerun(&mut *tx, id, cells).await?;
        let changed = rerun > 0;
        if changed {
            self.go_on(&mut *tx, actor, &view, why, rerun).await?;
        }
        let batch = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let first = tx.waiting_cells(id, FIRST_WINDOW).await?;
        tx.commit().await?;
        if changed && batch.control.status == BatchStatus::Running {
            self.parts.tasks.run_batch(&actor.org, id, &first, None).await;
        }
        Ok(Decision { changed, batch })
    }

    /// Writes the new runs; answers how many.
    async fn rerun(&self, tx: &mut dyn Tx, id: BatchId, cells: RetriedCells) -> Result<usize, OpError> {
        let mut all: Vec<RunId> = Vec::new();
        let mut counted = (0, 0);
        if cells.failed {
            all.extend(tx.list_reruns(id, &[RunStatus::Failed]).await?);
            counted.0 = all.len() as u64;
        }
        if cells.quarantined {
            all.extend(tx.list_reruns(id, &[RunStatus::Quarantined]).await?);
            counted.1 = all.len() as u64 - counted.0;
        }
        let ids = &self.parts.ids;
        let reruns: Vec<Rerun> =
            all.into_iter().map(|follows| Rerun { run: RunId(ids.ulid()), follows }).collect();
        if !reruns.is_empty() {
            tx.insert_reruns(id, &reruns, self.parts.clock.now(), counted).await?;
        }
        Ok(reruns.len())
    }

    /// A completed batch runs again; where it stands otherwise it stays, and the decision is in the audit log alone.
    async fn go_on(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        view: &BatchView,
        why: String,
        rerun: usize,
    ) -> Result<(), OpError> {
        let event = (view, BatchEvent::RetryCells, "retried");
        let words = format!("{rerun} cells are run again: {why}");
        if !self.decide(tx, actor, Operation::RetryCells, event, Some(words)).await? {
            let change = Change::rerun(view.row.id, rerun, &why);
            self.audit(tx, actor, Operation::RetryCells, change).await?;
        }
        Ok(())
    }
}
