//! The one way in which a batch comes to be: checked, written in its caller's transaction, rung for after the commit.

use stet_domain::clock::Timestamp;
use stet_domain::grid::Grid;
use stet_domain::ids::{BatchId, OrgId, RunId, ScheduleId};
use stet_domain::record::Record as _;
use stet_domain::trace::TraceParent;
use stet_store::{BatchRow, BatchView, CellRun, NewBatch, TemplateRow, Tx};

use super::plan::Plan;
use super::{BatchSubmission, FIRST_WINDOW};
use crate::audit::Change;
use crate::record::batch_record;
use crate::template::typed;
use crate::{Actor, OpError, Operation, Ops};

/// A batch that stands once its transaction is committed.
pub(crate) struct WrittenBatch {
    pub(crate) view: BatchView,
    /// Its first cells, to be rung for.
    first: Vec<RunId>,
    /// That of the request, where there is one.
    trace: Option<TraceParent>,
}

impl Ops {
    /// The batch that a submission makes of a template; every offence at once.
    pub(crate) fn batch_of(
        &self,
        actor: &Actor,
        template: &TemplateRow,
        submitted: &BatchSubmission,
    ) -> Result<NewBatch, OpError> {
        let checked = self.check_batch(template, &typed(template)?, submitted)?;
        let batch = self.new_batch(actor, template, checked.plan, &checked.grid);
        Ok(NewBatch { trace: submitted.trace.clone(), ..batch })
    }

    /// Writes the batch with all its runs, and who made it: a request, or a due time of a schedule in its maker's name.
    pub(crate) async fn write_batch(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        batch: &NewBatch,
        due: Option<(ScheduleId, Timestamp)>,
    ) -> Result<WrittenBatch, OpError> {
        let id = batch.row.id;
        tx.insert_batch(batch).await?;
        self.audit(tx, actor, Operation::SubmitBatch, Change::batch(&batch.row, due)).await?;
        let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let first = tx.waiting_cells(id, FIRST_WINDOW).await?;
        Ok(WrittenBatch { view, first, trace: batch.trace.clone() })
    }

    /// Rings for a batch that is committed.
    pub(crate) async fn ring_for(&self, org: &OrgId, batch: &WrittenBatch) {
        self.parts.tasks.run_batch(org, batch.view.row.id, &batch.first, batch.trace.as_ref()).await;
    }

    fn new_batch(&self, actor: &Actor, template: &TemplateRow, plan: Plan, grid: &Grid) -> NewBatch {
        let ids = &self.parts.ids;
        let row = BatchRow {
            org: actor.org.clone(),
            id: BatchId(ids.ulid()),
            template: template.id,
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
