//! What an operator asks of a batch: a resume, and cells that are run again.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, ResumeLock};
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::{at, control, preflight_end, resume_request, sealed_lock, worker};
use super::scene::{LONG_SECONDS, Scene};
use crate::{BatchControl, Rerun, RunFilter, StoreError};

/// A probe that was begun before its batch was paused answers no wish that came later.
pub async fn an_earlier_probe_ends_no_resume(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let id = scene.new_batch(&template, 1).await?.row.id;
    let mut tx = scene.store.begin(&scene.org).await?;
    let earlier = tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?.expect("it is due");
    let paused = BatchControl { lock_epoch: None, ..control(BatchStatus::Paused) };
    assert!(tx.set_batch_control(id, BatchStatus::Preflight, &paused).await?);
    assert!(tx.request_resume(id, &resume_request(ResumeLock::New)).await?);
    let end = preflight_end(AttemptOutcome::Recorded);
    let (to, lock) = (control(BatchStatus::Running), sealed_lock(1, earlier.fence));
    assert!(!tx.finish_preflight(id, earlier.fence, &to, Some(&lock), &end).await?);
    assert!(!tx.release_preflight(id, earlier.fence, 0, false, &end).await?);
    let claim = tx.claim_preflight(id, &worker("b"), LONG_SECONDS).await?.expect("the wish is due");
    assert!(claim.resume.is_some() && claim.fence > earlier.fence);
    tx.commit().await
}

/// One wish at a time, of a paused batch alone; a worker claims it with the lock in force and ends it under its fence; a change of state or a withdrawal
/// ends it, too.
pub async fn a_resume_is_asked_for_claimed_and_ended(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, _) = scene.running(1).await?;
    let (id, wish) = (batch.row.id, resume_request(ResumeLock::New));
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(!tx.request_resume(id, &wish).await?, "it runs");
    assert!(
        tx.hold_batch(id).await? && !tx.hold_batch(stet_domain::ids::BatchId(scene.sample.ulid())).await?
    );
    tx.commit().await?;
    assert!(scene.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(tx.request_resume(id, &wish).await?);
    assert!(!tx.request_resume(id, &resume_request(ResumeLock::Same)).await?, "one is asked for");
    tx.commit().await?;
    assert_eq!(scene.due_preflights(10).await?, [(scene.org.clone(), id)]);
    assert!(scene.next_due().await?.is_some());
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.get_batch(id).await?.expect("it stands").resume.as_ref(), Some(&wish));
    let claim = tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?.expect("it is due");
    assert_eq!(claim.resume.as_ref(), Some(&wish));
    assert_eq!(claim.lock.as_ref().map(|lock| lock.lock.epoch), Some(1));
    tx.commit().await?;
    // Taken back while it is under way: what comes of it is fenced.
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(tx.withdraw_resume(id).await? && !tx.withdraw_resume(id).await?);
    let end = preflight_end(AttemptOutcome::Recorded);
    let to = control(BatchStatus::Running);
    assert!(!tx.finish_preflight(id, claim.fence, &to, None, &end).await?);
    assert!(tx.request_resume(id, &wish).await?);
    let claim = tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?.expect("it is due");
    let mut to = control(BatchStatus::Running);
    to.lock_epoch = Some(2);
    assert!(tx.finish_preflight(id, claim.fence, &to, Some(&sealed_lock(2, claim.fence)), &end).await?);
    tx.commit().await?;
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("it stands");
    assert_eq!(
        (view.control.status, view.control.lock_epoch, view.resume),
        (BatchStatus::Running, Some(2), None)
    );
    assert_eq!(view.locks.len(), 2);
    assert_eq!(scene.due_preflights(10).await?, []);
    assert!(scene.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(tx.request_resume(id, &wish).await?);
    tx.commit().await?;
    assert!(scene.set(id, BatchStatus::Paused, BatchStatus::Cancelled).await?);
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("it stands");
    assert_eq!(view.resume, None);
    assert_eq!(scene.due_preflights(10).await?, []);
    Ok(())
}

/// A cell that is run again has a new current run, and the batch's counters speak of that.
pub async fn cells_are_run_again(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let id = batch.row.id;
    let claimed = scene.claim(&ids, LONG_SECONDS).await?;
    let commits: Vec<_> = claimed
        .iter()
        .zip([RunStatus::Succeeded, RunStatus::Failed, RunStatus::Quarantined, RunStatus::Failed])
        .map(|(claim, status)| {
            let mut commit = scene.sample.success(claim.row.id, claim.row.fence);
            commit.status = status;
            commit
        })
        .collect();
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.commit_runs(&commits).await?;
    let mut failed = tx.list_reruns(id, &[RunStatus::Failed]).await?;
    failed.sort_unstable();
    assert_eq!(failed, [ids[1], ids[3]]);
    assert_eq!(tx.list_reruns(id, &[RunStatus::Quarantined]).await?, [ids[2]]);
    let reruns: Vec<Rerun> = failed
        .iter()
        .map(|follows| Rerun { run: stet_domain::ids::RunId(scene.sample.ulid()), follows: *follows })
        .collect();
    tx.insert_reruns(id, &reruns, at(9), (2, 0)).await?;
    assert_eq!(tx.list_reruns(id, &[RunStatus::Failed]).await?, []);
    tx.commit().await?;
    let mut tx = scene.store.read(&scene.org).await?;
    let view = tx.get_batch(id).await?.expect("it stands");
    let counters = view.counters;
    assert_eq!((counters.pending, counters.failed, counters.quarantined, counters.succeeded), (2, 0, 1, 1));
    let again = tx.get_run(reruns[0].run).await?.expect("it stands").row;
    let first = tx.get_run(ids[1]).await?.expect("it stands").row;
    assert_eq!((again.rerun_index, again.status), (1, RunStatus::Pending));
    assert_eq!((again.batch_run_index, &again.locale), (first.batch_run_index, &first.locale));
    let counts = tx.count_runs(&RunFilter::of_batch(id)).await?;
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 6);
    let seen = tx.list_observations(id, 10).await?;
    assert_eq!(seen.iter().map(|row| row.runs).sum::<u64>(), 4);
    drop(tx);
    scene.finish(&[reruns[0].run, reruns[1].run]).await?;
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("it stands");
    assert_eq!((view.counters.pending, view.counters.succeeded), (0, 3));
    Ok(())
}
