//! Batches as a reader sees them.

use std::collections::BTreeMap;

use stet_domain::batch::BatchStatus;
use stet_domain::ids::BatchId;
use stet_store::{
    BatchCounters, BatchView, CanaryLooks as _, LockRow, Page, PageRequest, Position, Schedules as _,
    StoreError,
};

use super::control::read_control;
use super::params::{Hex, pack};
use super::resume::read_resume;
use super::{Columns, Row, Transaction, page, queries, read_batch, read_lock};

pub(super) async fn get_batch(tx: &mut Transaction, id: BatchId) -> Result<Option<BatchView>, StoreError> {
    let query = tx.scoped(queries::GET_BATCH).bind(id.to_bytes().to_vec());
    let Some(row) = tx.optional(query).await? else { return Ok(None) };
    let mut view = [read_view(&row)?];
    add_locks(tx, &mut view).await?;
    let [mut view] = view;
    view.scheduled = tx.find_fire(id).await?;
    if view.locks.iter().any(|lock| lock.canary_sha256.is_some()) {
        view.canary_looks = tx.list_canary_looks(id).await?.into_iter().map(|look| look.row).collect();
    }
    Ok(Some(view))
}

pub(super) async fn list_batches(
    tx: &mut Transaction,
    request: PageRequest,
) -> Result<Page<BatchView>, StoreError> {
    let (created_at_us, id) = page::start(request);
    let query = tx
        .scoped(queries::LIST_BATCHES)
        .bind(created_at_us)
        .bind(id.to_vec())
        .bind(page::rows_wanted(request));
    let rows = tx.all(query).await?;
    let mut page = page::build(request, &rows, read_view, |view| Position {
        created_at: view.row.created_at,
        id: view.row.id.to_bytes(),
    })?;
    add_locks(tx, &mut page.items).await?;
    Ok(page)
}

async fn add_locks(tx: &mut Transaction, views: &mut [BatchView]) -> Result<(), StoreError> {
    let ids = pack(views.iter().map(|view| Hex(view.row.id.to_bytes())))?;
    let mut locks: BTreeMap<BatchId, Vec<LockRow>> = BTreeMap::new();
    for row in &tx.bulk(queries::LIST_LOCKS, ids).await? {
        let columns = Columns::of("lock_epochs", row);
        locks.entry(BatchId::from_bytes(columns.array("batch_id")?)).or_default().push(read_lock(columns)?);
    }
    for view in views {
        view.locks = locks.remove(&view.row.id).unwrap_or_default();
    }
    Ok(())
}

fn read_view(row: &Row) -> Result<BatchView, StoreError> {
    let (batch, control) = (read_batch(row)?, read_control(row)?);
    let columns = Columns::of("batch_counters", row);
    let mut counters = BatchCounters {
        pending: 0,
        queued: columns.number("queued")?,
        running: columns.number("running")?,
        succeeded: columns.number("succeeded")?,
        failed: columns.number("failed")?,
        cancelled: columns.number("cancelled")?,
        quarantined: columns.number("quarantined")?,
    };
    let terminal = counters.succeeded + counters.failed + counters.cancelled + counters.quarantined;
    counters.pending =
        batch.cells.checked_sub(terminal + counters.queued + counters.running).ok_or_else(|| {
            columns.corrupt("cells", &format!("{} cells, more than that counted: {counters:?}", batch.cells))
        })?;
    let ended = match control.status {
        BatchStatus::Completed | BatchStatus::Cancelled | BatchStatus::Failed => terminal == batch.cells,
        BatchStatus::Preflight | BatchStatus::Running | BatchStatus::Paused => false,
    };
    let last = columns.time_if("last_finished_at_us")?;
    let completed_at = if ended { last } else { None };
    Ok(BatchView {
        row: batch,
        control,
        resume: read_resume(row)?,
        counters,
        locks: Vec::new(),
        canary_looks: Vec::new(),
        scheduled: None,
        completed_at,
    })
}
