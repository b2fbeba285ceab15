//! Batches: definition, control, counters.

use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_domain::verify::CellRecord;

use super::Bed;
use super::sample::{at, control, lock};
use super::scene::{LONG_SECONDS, Scene, run_ids};
use crate::{BatchCounters, StoreError};

/// Definition, control, counters, locks and cells come back as written.
pub async fn a_batch_is_kept_with_its_cells(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut batch = scene.sample.batch(&template, 3);
    batch.row.max_parallel = Some(7);
    scene.insert(&batch).await?;
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_batch_row(batch.row.id).await?, Some(batch.row.clone()));
    let view = tx.get_batch(batch.row.id).await?.expect("the batch stands");
    assert_eq!(view.row, batch.row);
    assert_eq!(view.control.status, BatchStatus::Preflight);
    assert_eq!((view.control.lock_epoch, view.control.preflight_attempts), (None, 0));
    assert_eq!(view.control.changed_by, batch.row.created_by);
    assert_eq!(view.counters, BatchCounters { pending: 12, ..BatchCounters::default() });
    assert_eq!((view.locks.as_slice(), view.completed_at), ([].as_slice(), None));
    assert_eq!(tx.get_batch_seal(batch.row.id).await?, Some(batch.seal.clone()));
    for cell in &batch.cells {
        let run = tx.get_run(cell.id).await?.expect("the run stands");
        assert_eq!(run.inputs, batch.row.inputs);
        assert_eq!(run.output, None);
        let row = run.row;
        assert_eq!((row.batch, row.template), (Some(batch.row.id), template.id));
        assert_eq!((row.batch_run_index, row.rerun_index), (cell.batch_run_index, 0));
        assert_eq!((row.locale, row.locale_index), (cell.locale.clone(), cell.locale_index));
        assert_eq!((row.grounding_mode, row.replicate_index), (cell.grounding_mode, cell.replicate_index));
        assert_eq!((row.status, row.fence.0, row.end), (RunStatus::Pending, 0, None));
        assert_eq!((row.created_at, row.inputs_sha256), (batch.row.created_at, batch.row.inputs_sha256));
    }
    Ok(())
}

/// Cells come in order, page by page, with where their runs stand.
pub async fn cells_are_listed_by_number(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(2).await?;
    scene.finish(&ids[..3]).await?;
    let mut tx = scene.store.read(&scene.org).await?;
    let mut cells = tx.list_cells(batch.row.id, None, 5).await?;
    let last = cells.last().map(|cell| (cell.batch_run_index, cell.rerun_index));
    cells.extend(tx.list_cells(batch.row.id, last, 5).await?);
    assert_eq!(cells.len(), batch.cells.len());
    for (found, cell) in cells.iter().zip(&batch.cells) {
        let ended = ids[..3].contains(&cell.id);
        let expected = CellRecord {
            run: cell.id,
            template: batch.row.template,
            batch_run_index: cell.batch_run_index,
            rerun_index: 0,
            locale: cell.locale.clone(),
            locale_index: cell.locale_index,
            grounding_mode: cell.grounding_mode,
            replicate_index: cell.replicate_index,
            inputs_sha256: batch.row.inputs_sha256,
            status: if ended { RunStatus::Succeeded } else { RunStatus::Pending },
        };
        assert_eq!(*found, expected);
    }
    Ok(())
}

/// A large batch is one transaction: all of it or nothing.
pub async fn twenty_thousand_cells_in_one_transaction(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut batch = scene.sample.batch(&template, 5000);
    let last = batch.cells.len() - 1;
    let index = std::mem::replace(&mut batch.cells[last].batch_run_index, 0);
    let mut tx = scene.store.begin(&scene.org).await?;
    let refused = tx.insert_batch(&batch).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    drop(tx);
    batch.cells[last].batch_run_index = index;
    scene.insert(&batch).await?;
    assert_eq!(bed.number("SELECT count(*) FROM runs").await, 20_000);
    let distinct =
        "SELECT count(DISTINCT batch_run_index) FROM runs WHERE batch_run_index BETWEEN 0 AND 19999";
    assert_eq!(bed.number(distinct).await, 20_000);
    Ok(())
}

/// A step from another state than the row is in changes nothing.
pub async fn the_control_moves_only_from_where_it_was(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, _) = scene.running(1).await?;
    let id = batch.row.id;
    assert!(!scene.set(id, BatchStatus::Paused, BatchStatus::Running).await?);
    assert!(scene.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
    assert!(!scene.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
    let mut tx = scene.store.read(&scene.org).await?;
    let view = tx.get_batch(id).await?.expect("the batch stands");
    assert_eq!(view.control, control(BatchStatus::Paused));
    assert_eq!(view.locks, [lock(1)]);
    assert_eq!(tx.get_lock(id, 1).await?, Some(lock(1)));
    assert_eq!(tx.get_lock(id, 2).await?, None);
    Ok(())
}

/// The last cell completes a running batch, once; a paused one waits for its resume.
pub async fn a_batch_completes_when_every_cell_is_terminal(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let id = batch.row.id;
    scene.finish(&ids[1..]).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.complete_batches(&[id], at(50)).await?, []);
    drop(tx);
    scene.finish(&ids[..1]).await?;
    assert!(scene.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.complete_batches(&[id], at(51)).await?, []);
    drop(tx);
    assert!(scene.set(id, BatchStatus::Paused, BatchStatus::Running).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.complete_batches(&[id], at(52)).await?, [id]);
    assert_eq!(tx.complete_batches(&[id], at(53)).await?, []);
    tx.commit().await?;

    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("the batch stands");
    assert_eq!((view.control.status, view.control.changed_at), (BatchStatus::Completed, at(52)));
    assert_eq!(view.counters, BatchCounters { succeeded: 4, ..BatchCounters::default() });
    let mut ends = Vec::new();
    for run in &ids {
        ends.push(scene.run(*run).await?.row.finished_at);
    }
    assert_eq!(view.completed_at, ends.into_iter().max().flatten());
    Ok(())
}

/// What has not started is cancelled with its code; what runs may still commit.
pub async fn cancelling_ends_what_waits(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let id = batch.row.id;
    let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
    assert!(scene.set(id, BatchStatus::Running, BatchStatus::Cancelled).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.cancel_waiting_runs(id, at(60)).await?, 3);
    assert_eq!(tx.cancel_waiting_runs(id, at(61)).await?, 0);
    tx.commit().await?;
    for run in &run_ids(&batch)[1..] {
        let run = scene.run(*run).await?;
        assert_eq!((run.row.status, run.row.finished_at), (RunStatus::Cancelled, Some(at(60))));
        assert_eq!(run.row.end.and_then(|end| end.error_code), Some(ErrorCode::BatchEnded));
        assert_eq!(run.output, None);
    }
    let commit = scene.sample.success(claimed[0].row.id, claimed[0].row.fence);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.commit_runs(std::slice::from_ref(&commit)).await?.written, [commit.run]);
    tx.commit().await?;
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("the batch stands");
    assert_eq!(view.counters, BatchCounters { succeeded: 1, cancelled: 3, ..BatchCounters::default() });
    assert_eq!(view.completed_at, Some(at(60).max(commit.finished_at)));
    Ok(())
}
