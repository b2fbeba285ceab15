//! A batch, proved.

use stet_domain::Digest;
use stet_domain::als::catalog_sha256;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_domain::record::RecordKeys;
use stet_domain::run::RunStatus;
use stet_domain::verify::{
    BatchContext, CellsCheck, Disagreement, holds, same_digest, verify_batch, verify_exchanges, verify_lock,
    verify_template,
};
use stet_store::{AttemptRow, BatchCounters, BatchView, SealedLock, Tx};

use crate::record::{batch_record, exchange_records, lock_record, template_record, unreadable};
use crate::{Actor, OpError, Operation, Ops, Verification};

/// Cells read at once.
const CELLS_PAGE: u32 = 5_000;

impl Ops {
    /// Recomputes every hash and HMAC of a batch's definition, of its template and of its lock epochs; holds the exchanges of its preflight against what was
    /// sealed of them, its runs against its grid, so that a missing one shows, and its counters against its runs. What each run brought is
    /// [`Ops::verify_run`]'s to prove.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_batch(&self, actor: &Actor, id: BatchId) -> Result<Verification, OpError> {
        actor.may(Operation::VerifyBatch)?;
        Verification::of(self.prove_batch(actor, id).await)
    }

    async fn prove_batch(&self, actor: &Actor, id: BatchId) -> Result<Verification, OpError> {
        // One snapshot: counters and rows are of the same moment, whatever is committed meanwhile.
        let mut tx = self.store().read(&actor.org).await?;
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
    let typed =
        verify_template(&template_record(&template), keys, &template.record_hmac, &template.record_key_id)?;
    let context = BatchContext {
        template_sha256: template.template_sha256,
        als_catalog_sha256: catalog_sha256(&typed),
    };
    let seal = tx.get_batch_seal(row.id).await?.ok_or_else(|| unreadable("record_hmac", "null"))?;
    let grid = verify_batch(&batch_record(row), &context, keys, &seal)?;
    locks(keys, view, &tx.list_sealed_locks(row.id).await?, &tx.list_preflight_attempts(row.id).await?)?;
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

/// Epochs are numbered without a gap, the last is in force, and each is what its preflight's attempt exchanged.
fn locks(
    keys: &RecordKeys,
    view: &BatchView,
    locks: &[SealedLock],
    attempts: &[AttemptRow],
) -> Result<(), Disagreement> {
    let row = &view.row;
    for (number, lock) in (1_i64..).zip(locks) {
        let epoch = lock.row.lock.epoch;
        let place = format!("lock_epochs/{number}");
        let check = || {
            holds("epoch", epoch == number, || format!("epoch {epoch} stands where {number} is due"))?;
            let record =
                lock_record(&row.org, row.id, &lock.row, lock.preflight_fence, &lock.sealed_exchanges);
            verify_lock(&record, keys, &lock.seal)?;
            let attempt = attempts.iter().find(|attempt| attempt.fence == lock.preflight_fence);
            let exchanges = attempt.map_or(&[][..], |attempt| &attempt.exchanges);
            verify_exchanges(&lock.sealed_exchanges, &exchange_records(exchanges))
        };
        check().map_err(|found| found.within(&place))?;
    }
    let last = locks.last().map(|lock| lock.row.lock.epoch);
    holds("lock_epoch", view.control.lock_epoch == last, || {
        let shown = |epoch: Option<i64>| epoch.map_or_else(|| "none".to_owned(), |epoch| epoch.to_string());
        format!("{} is in force, the last one stored is {}", shown(view.control.lock_epoch), shown(last))
    })?;
    // A preflight that did not pass leaves none; cells start under one alone.
    if last.is_none() && matches!(view.control.status, BatchStatus::Running | BatchStatus::Completed) {
        return Err(Disagreement {
            field: "lock_epoch".into(),
            code: ErrorCode::RecordMissing,
            detail: format!("the batch is {} and no lock epoch is stored", view.control.status),
        });
    }
    for attempt in attempts {
        for (index, exchange) in attempt.exchanges.iter().enumerate() {
            let field = format!("preflight_attempts/{}/exchanges/{index}/request_sha256", attempt.fence.0);
            same_digest(field, exchange.request_sha256, Digest::of(&exchange.request_body))?;
        }
    }
    Ok(())
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
