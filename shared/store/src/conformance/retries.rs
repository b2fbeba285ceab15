//! Attempts that ended in a retryable error (reliability.md rule 8).

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;

use super::Bed;
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene};
use crate::{BatchCounters, Commits, StoreError};

/// The run waits for its moment, counts the attempt if told to, and the attempt keeps its error and exchanges.
pub async fn a_retry_waits_and_counts(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let mut expected = Vec::new();
    for burn in [true, false] {
        let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
        let mut retry = scene.sample.retry(ids[0], claimed[0].row.fence);
        retry.burn = burn;
        let mut tx = scene.store.begin(&scene.org).await?;
        assert_eq!(tx.retry_runs(std::slice::from_ref(&retry)).await?.written, [ids[0]]);
        tx.commit().await?;
        let row = scene.run(ids[0]).await?.row;
        assert_eq!((row.status, row.retry_index, row.lease_until), (RunStatus::Pending, 1, None));
        expected.push(retry);
    }
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    assert_eq!(attempts.len(), 2);
    for (attempt, retry) in attempts.iter().zip(&expected) {
        assert_eq!((attempt.outcome, attempt.fence), (Some(AttemptOutcome::Retried), retry.fence));
        assert_eq!(attempt.error_code, Some(ErrorCode::ProviderServerError));
        assert_eq!(attempt.error_detail.as_deref(), Some("503"));
        assert_eq!((&attempt.exchanges, attempt.finished_at), (&retry.exchanges, Some(retry.finished_at)));
    }
    let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
    let mut retry = scene.sample.retry(ids[0], claimed[0].row.fence);
    retry.delay_ms = 60_000;
    let now = scene.store.now().await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.retry_runs(&[retry]).await?;
    tx.commit().await?;
    assert!(scene.run(ids[0]).await?.row.available_at >= now.plus_ms(60_000));
    assert_eq!(scene.claim(&ids[..1], LONG_SECONDS).await?, []);
    Ok(())
}

/// A retry whose answer was lost answers `written` again and counts once.
pub async fn a_retry_is_recognised_when_it_comes_twice(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
    let retry = scene.sample.retry(ids[0], claimed[0].row.fence);
    for recognised in [vec![], vec![ids[0]]] {
        let mut tx = scene.store.begin(&scene.org).await?;
        let done = tx.retry_runs(&[retry.clone(), retry.clone()]).await?;
        assert_eq!(done, Commits { written: vec![ids[0]], recognised, ..Commits::default() });
        tx.commit().await?;
    }
    assert_eq!(scene.run(ids[0]).await?.row.retry_index, 1);
    Ok(())
}

/// Where the lease has passed on the run is left alone.
pub async fn a_late_retry_is_fenced(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let stale = scene.claim(&ids[..1], OVER_SECONDS).await?[0].row.fence;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.sweep_runs(&ids[..1], 3).await?;
    tx.commit().await?;
    scene.claim(&ids[..1], LONG_SECONDS).await?;
    let before = scene.run(ids[0]).await?;
    let late = scene.sample.retry(ids[0], stale);
    let mut tx = scene.store.begin(&scene.org).await?;
    let done = tx.retry_runs(&[late]).await?;
    assert_eq!(done, Commits { fenced: vec![ids[0]], ..Commits::default() });
    tx.commit().await?;
    assert_eq!(scene.run(ids[0]).await?, before);
    Ok(())
}

/// In a batch that was cancelled nobody would start the run again: it ends.
pub async fn a_retry_into_an_ended_batch_is_cancelled(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids, LONG_SECONDS).await?;
    let retries: Vec<_> =
        claimed.iter().map(|claim| scene.sample.retry(claim.row.id, claim.row.fence)).collect();
    assert!(scene.set(batch.row.id, BatchStatus::Running, BatchStatus::Cancelled).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.retry_runs(&retries[..2]).await?.written, ids[..2]);
    let releases: Vec<_> = retries[2..]
        .iter()
        .map(|retry| crate::ReleaseRow { run: retry.run, fence: retry.fence, at: retry.finished_at })
        .collect();
    assert_eq!(tx.release_runs(&releases).await?, ids[2..]);
    tx.commit().await?;
    for id in &ids {
        let row = scene.run(*id).await?.row;
        assert_eq!(row.status, RunStatus::Cancelled);
        assert_eq!(row.end.and_then(|end| end.error_code), Some(ErrorCode::BatchEnded));
    }
    let view = scene.store.read(&scene.org).await?.get_batch(batch.row.id).await?.expect("the batch stands");
    assert_eq!(view.counters, BatchCounters { cancelled: 4, ..BatchCounters::default() });
    assert!(view.completed_at.is_some());
    Ok(())
}
