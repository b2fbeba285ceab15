//! A batch, proved.

use stet_domain::als::catalog_sha256;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, OrgId};
use stet_domain::record::RecordKeys;
use stet_domain::run::RunStatus;
use stet_domain::verify::{BatchContext, CellsCheck, Disagreement, holds, verify_batch};
use stet_store::{BatchCounters, BatchView, Tx};

use super::prove_locks::Preflighted;
use crate::record::{batch_record, prove_template, unreadable};
use crate::{Actor, OpError, Operation, Ops, Verification};

/// Cells read at once.
const CELLS_PAGE: u32 = 5_000;

impl Ops {
    /// Recomputes every hash and HMAC of a batch's definition, of its template, of its lock epochs and of the looks at its canary prompts; holds the exchanges of its
    /// preflight against what was sealed of them, its runs against its grid, so that a missing one shows, and its counters against its runs. What each run brought is
    /// [`Ops::verify_run`]'s to prove.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_batch(&self, actor: &Actor, id: BatchId) -> Result<Verification, OpError> {
        actor.may(Operation::VerifyBatch)?;
        Verification::of(self.prove_batch(&actor.org, id).await)
    }

    pub(crate) async fn prove_batch(&self, org: &OrgId, id: BatchId) -> Result<Verification, OpError> {
        // One snapshot: counters and rows are of the same moment, whatever is committed meanwhile.
        let mut tx = self.store().read(org).await?;
        let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let sha256 = Some(view.row.batch_sha256);
        let disagreement = match prove(&self.parts.record_keys, &mut *tx, &view).await {
            Ok(()) => None,
            Err(Broken::Found(disagreement)) => Some(disagreement),
            Err(Broken::Failed(error)) => return Err(error),
        };
        Ok(Verification { sha256, disagreement })
    }
}

/// Why a proof went no further.
enum Broken {
    Found(Disagreement),
    Failed(OpError),
}

impl From<Disagreement> for Broken {
    fn from(found: Disagreement) -> Self {
        Self::Found(found)
    }
}

impl From<stet_store::StoreError> for Broken {
    fn from(error: stet_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

async fn prove(keys: &RecordKeys, tx: &mut dyn Tx, view: &BatchView) -> Result<(), Broken> {
    let row = &view.row;
    let Some(template) = tx.get_template(row.template).await? else {
        return Ok(holds("template_id", false, || format!("there is no template {}", row.template))?);
    };
    let typed = prove_template(&template, keys)?;
    let context = BatchContext {
        template_sha256: template.template_sha256,
        als_catalog_sha256: catalog_sha256(&typed),
    };
    let seal = tx.get_batch_seal(row.id).await?.ok_or_else(|| unreadable("record_hmac", "null"))?;
    let grid = verify_batch(&batch_record(row), &context, keys, &seal)?;
    let preflighted = Preflighted {
        locks: tx.list_sealed_locks(row.id).await?,
        looks: tx.list_canary_looks(row.id).await?,
        attempts: tx.list_preflight_attempts(row.id).await?,
        prompts: typed.canary.as_ref().map_or(0, Vec::len),
    };
    preflighted.prove(keys, view)?;
    let mut cells = CellsCheck::new(&grid, row.template, row.inputs_sha256);
    let mut after = None;
    loop {
        let page = tx.list_cells(row.id, after, CELLS_PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.batch_run_index, last.rerun_index));
        page.iter().try_for_each(|cell| cells.take(cell))?;
    }
    Ok(counters(&view.counters, &cells.finish()?)?)
}

fn counters(stored: &BatchCounters, counted: &[(RunStatus, u64)]) -> Result<(), Disagreement> {
    for (status, rows) in counted {
        let said = match status {
            RunStatus::Pending => stored.pending,
            RunStatus::Queued => stored.queued,
            RunStatus::Running => stored.running,
            RunStatus::Succeeded => stored.succeeded,
            RunStatus::Failed => stored.failed,
            RunStatus::Cancelled => stored.cancelled,
            RunStatus::Quarantined => stored.quarantined,
        };
        if said != *rows {
            return Err(Disagreement {
                field: format!("counters/{status}").into(),
                code: ErrorCode::CounterMismatch,
                detail: format!("the counter says {said}, {rows} current runs are {status}"),
            });
        }
    }
    Ok(())
}
