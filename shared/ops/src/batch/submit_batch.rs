//! A batch, accepted.

use stet_domain::grid::Grid;
use stet_domain::ids::{BatchId, RunId, TemplateId};
use stet_domain::record::Record as _;
use stet_store::{BatchRow, BatchView, CellRun, NewBatch, ResourceRef, Tx};

use super::plan::Plan;
use super::{BatchSubmission, FIRST_WINDOW};
use crate::audit::Change;
use crate::idempotency::{begin, earlier, record};
use crate::record::batch_record;
use crate::template::{required_template, typed};
use crate::{Actor, Done, How, IdempotentRequest, OpError, Operation, Ops};

impl Ops {
    /// Writes the batch and all its runs in one transaction, then rings (system.md, "A batch" 1).
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence; [`OpError::PlanMismatch`]; [`OpError::NotFound`]; [`OpError::IdempotencyMismatch`];
    /// [`OpError::IdempotencyInProgress`]; [`OpError::Store`]. Nothing was written then.
    pub async fn submit_batch(
        &self,
        actor: &Actor,
        template: TemplateId,
        submitted: &BatchSubmission,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<BatchView>, OpError> {
        actor.may(Operation::SubmitBatch)?;
        let row = {
            let mut tx = self.store().read(&actor.org).await?;
            // A repeated request is answered before it is judged: limits may have changed since.
            if let Some(resource) = earlier(self, &mut *tx, idempotency).await? {
                return replayed(&mut *tx, resource).await;
            }
            required_template(&mut *tx, template).await?
        };
        let checked = self.check_batch(&row, &typed(&row)?, submitted)?;
        let batch = NewBatch {
            trace: submitted.trace.clone(),
            ..self.new_batch(actor, template, checked.plan, &checked.grid)
        };
        let id = batch.row.id;
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        tx.insert_batch(&batch).await?;
        self.audit(&mut *tx, actor, Operation::SubmitBatch, Change::batch(&batch.row)).await?;
        record(self, &mut *tx, idempotency, ResourceRef::Batch(id)).await?;
        let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let first = tx.waiting_cells(id, FIRST_WINDOW).await?;
        tx.commit().await?;
        self.parts.tasks.run_batch(&actor.org, id, &first).await;
        Ok(Done::new(view))
    }

    fn new_batch(&self, actor: &Actor, template: TemplateId, plan: Plan, grid: &Grid) -> NewBatch {
        let ids = &self.parts.ids;
        let row = BatchRow {
            org: actor.org.clone(),
            id: BatchId(ids.ulid()),
            template,
            batch_sha256: plan.batch_sha256,
            plan_sha256: plan.plan_sha256,
            locales: plan.locales,
            grounding_modes: plan.grounding_modes,
            replicates: plan.replicates,
            cells: plan.cells,
            inputs: plan.inputs,
            inputs_sha256: plan.inputs_sha256,
            drift_policy: plan.drift_policy,
            max_parallel: plan.max_parallel,
            created_by: actor.key_id.to_string(),
            created_at: self.parts.clock.now(),
        };
        let cells = grid
            .iter()
            .map(|cell| CellRun {
                id: RunId(ids.ulid()),
                batch_run_index: cell.index,
                locale: cell.locale.to_string(),
                locale_index: cell.locale_index,
                grounding_mode: cell.grounding_mode,
                replicate_index: cell.replicate_index,
            })
            .collect();
        let seal = batch_record(&row).seal(&self.parts.record_keys);
        NewBatch { row, seal, cells, trace: None }
    }
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<BatchView>, OpError> {
    match resource {
        ResourceRef::Batch(id) => {
            let value = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
            Ok(Done { value, how: How::Replayed })
        }
        ResourceRef::Template(_) | ResourceRef::Run(_) | ResourceRef::ApiKey(_) => {
            Err(OpError::internal("replaying a batch", "the key's record names another kind of thing"))
        }
    }
}
