//! The sweeper (reliability.md rule 6).

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::worker;
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene};
use crate::StoreError;

/// Crashes of one run before it is poison, in these cases.
const CRASH_LIMIT: u32 = 3;

/// A run whose process died waits again, where it stood in its batch, and behind what was not tried where its next crash is the last; the lost attempt shows.
pub async fn an_expired_lease_comes_back(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let stood = scene.run(ids[0]).await?.row.available_at;
    let fence = scene.claim(&ids[..1], OVER_SECONDS).await?[0].row.fence;
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.sweep_runs(&ids, CRASH_LIMIT).await?.poisoned, []);
    assert_eq!(tx.sweep_runs(&ids, CRASH_LIMIT).await?.poisoned, []);
    tx.commit().await?;
    let row = scene.run(ids[0]).await?.row;
    assert_eq!((row.status, row.crash_count, row.retry_index), (RunStatus::Pending, 1, 0));
    assert_eq!((row.fence, row.lease_until, row.available_at), (fence, None, stood));
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Lost));
    assert!(attempts[0].finished_at.is_some());
    let opened_again = "UPDATE attempts SET outcome = NULL, finished_at_us = NULL WHERE outcome = 'lost'";
    let refused = bed.sql(opened_again).await;
    assert!(refused.as_ref().is_err_and(|said| said.contains("an attempt ends once")), "{refused:?}");
    assert_eq!(scene.store.expired_runs(10).await?, []);
    assert_eq!(scene.claim(&ids[..1], OVER_SECONDS).await?.len(), 1);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.sweep_runs(&ids, CRASH_LIMIT).await?;
    tx.commit().await?;
    assert!(scene.run(ids[0]).await?.row.available_at > stood);
    assert_eq!(scene.due_runs(1).await?, [(scene.org.clone(), ids[1])]);
    assert_eq!(scene.claim(&ids[..1], LONG_SECONDS).await?.len(), 1);
    Ok(())
}

/// The crash that reaches the limit is answered instead, claimed under a new fence, and may be committed as failed.
pub async fn the_third_crash_is_poison(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let run = &ids[..1];
    let mut last = None;
    for crash in 1..=CRASH_LIMIT {
        last = scene.claim(run, OVER_SECONDS).await?.pop();
        let mut tx = scene.store.begin(&scene.org).await?;
        assert_eq!(tx.claim_poisoned(&ids, &worker("s"), CRASH_LIMIT + 1, LONG_SECONDS).await?, []);
        let poisoned = tx.sweep_runs(&ids, CRASH_LIMIT).await?.poisoned;
        assert_eq!(poisoned, if crash == CRASH_LIMIT { run } else { &[] });
        tx.commit().await?;
    }
    let stale = last.expect("it was claimed three times").row;
    assert_eq!(scene.run(ids[0]).await?.row, stale);
    let mut tx = scene.store.begin(&scene.org).await?;
    let claimed = tx.claim_poisoned(&ids, &worker("s"), CRASH_LIMIT, LONG_SECONDS).await?;
    assert_eq!(claimed.len(), 1);
    assert_eq!(tx.claim_poisoned(&ids, &worker("s"), CRASH_LIMIT, LONG_SECONDS).await?, []);
    let row = claimed[0].row.clone();
    assert_eq!((row.status, row.crash_count), (RunStatus::Running, CRASH_LIMIT));
    assert!(row.fence > stale.fence);
    let failure = scene.sample.failure(row.id, row.fence);
    assert_eq!(tx.commit_runs(&[failure]).await?.written, run);
    tx.commit().await?;
    let attempts = scene.store.read(&scene.org).await?.list_attempts(ids[0]).await?;
    let outcomes: Vec<_> = attempts.iter().filter_map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes[..3], [AttemptOutcome::Lost; 3]);
    assert_eq!(outcomes[3..], [AttemptOutcome::Recorded]);
    assert_eq!(scene.run(ids[0]).await?.row.status, RunStatus::Failed);
    Ok(())
}

/// A lease that holds is not swept, nor a run that waits or has ended.
pub async fn a_live_lease_is_left_alone(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    scene.finish(&ids[..1]).await?;
    scene.claim(&ids[1..2], LONG_SECONDS).await?;
    let mut before = Vec::new();
    for id in &ids {
        before.push(scene.run(*id).await?);
    }
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.sweep_runs(&ids, 1).await?.poisoned, []);
    assert_eq!(tx.claim_poisoned(&ids, &worker("s"), 1, LONG_SECONDS).await?, []);
    tx.commit().await?;
    for (id, before) in ids.iter().zip(before) {
        assert_eq!(scene.run(*id).await?, before);
    }
    Ok(())
}

/// In a batch that was cancelled nobody would start the run again: it ends.
pub async fn a_swept_run_of_an_ended_batch_is_cancelled(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    scene.claim(&ids[..1], OVER_SECONDS).await?;
    assert!(scene.set(batch.row.id, BatchStatus::Running, BatchStatus::Cancelled).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.sweep_runs(&ids[..1], CRASH_LIMIT).await?;
    tx.commit().await?;
    assert_eq!(scene.run(ids[0]).await?.row.status, RunStatus::Cancelled);
    let view = scene.store.read(&scene.org).await?.get_batch(batch.row.id).await?.expect("the batch stands");
    assert_eq!((view.counters.cancelled, view.counters.pending), (1, 3));
    Ok(())
}
