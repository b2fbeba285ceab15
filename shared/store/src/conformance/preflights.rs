//! The lease of a preflight.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::Fence;

use super::Bed;
use super::sample::{at, canary_look, control, lock, preflight_end, sealed_lock, worker};
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene};
use crate::StoreError;

/// While one holds the lease no other gets it; when it is over the next one does, under a greater fence.
pub async fn one_claimant_at_a_time(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let batch = scene.new_batch(&template, 1).await?;
    let id = batch.row.id;
    let due = vec![(scene.org.clone(), id)];
    assert_eq!(scene.due_preflights(10).await?, due);
    assert_eq!(scene.due_preflights(0).await?, []);
    let mut tx = scene.store.begin(&scene.org).await?;
    let first = tx.claim_preflight(id, &worker("a"), OVER_SECONDS).await?.expect("it is due");
    assert_eq!((&first.row, first.attempts), (&batch.row, 0));
    tx.commit().await?;
    assert_eq!(scene.due_preflights(10).await?, due);
    let mut tx = scene.store.begin(&scene.org).await?;
    let second = tx.claim_preflight(id, &worker("b"), LONG_SECONDS).await?.expect("the lease is over");
    assert!(second.fence > first.fence);
    assert_eq!(tx.claim_preflight(id, &worker("c"), LONG_SECONDS).await?, None);
    tx.commit().await?;
    assert_eq!(scene.due_preflights(10).await?, []);
    Ok(())
}

/// A release makes it due after its delay, counts the attempt if told to, and ends the fence.
pub async fn a_released_preflight_waits(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let id = scene.new_batch(&template, 1).await?.row.id;
    let (mut attempts, mut fences) = (Vec::new(), Vec::new());
    let end = preflight_end(AttemptOutcome::Retried);
    for burn in [true, false, true] {
        let mut tx = scene.store.begin(&scene.org).await?;
        let claim = tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?.expect("it is due");
        assert!(!tx.release_preflight(id, Fence(claim.fence.0 + 1), 0, true, &end).await?);
        assert!(tx.release_preflight(id, claim.fence, 0, burn, &end).await?);
        assert!(!tx.release_preflight(id, claim.fence, 0, burn, &end).await?);
        tx.commit().await?;
        attempts.push(claim.attempts);
        fences.push(claim.fence);
    }
    assert_eq!(attempts, [0, 1, 1]);
    assert!(fences.is_sorted_by(|left, right| left < right));
    let mut tx = scene.store.begin(&scene.org).await?;
    let claim = tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?.expect("it is due");
    assert_eq!(claim.attempts, 2);
    assert!(tx.release_preflight(id, claim.fence, 3_600_000, true, &end).await?);
    assert_eq!(tx.claim_preflight(id, &worker("a"), LONG_SECONDS).await?, None);
    tx.commit().await?;
    let (now, next) = (scene.store.now().await?, scene.next_due().await?);
    assert!(next.is_some_and(|next| next > now.plus_ms(3_000_000)), "{next:?}");
    Ok(())
}

/// Only the fence in force ends it, once, with the lock that was observed.
pub async fn finishing_takes_the_fence(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let id = scene.new_batch(&template, 1).await?.row.id;
    let mut tx = scene.store.begin(&scene.org).await?;
    let stale = tx.claim_preflight(id, &worker("a"), OVER_SECONDS).await?.expect("it is due");
    tx.commit().await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    let claim = tx.claim_preflight(id, &worker("b"), LONG_SECONDS).await?.expect("the lease is over");
    let to = control(BatchStatus::Running);
    let (seen, end) = (sealed_lock(1, claim.fence), preflight_end(AttemptOutcome::Recorded));
    assert!(!tx.finish_preflight(id, stale.fence, &to, Some(&seen), &end).await?);
    assert!(tx.finish_preflight(id, claim.fence, &to, Some(&seen), &end).await?);
    assert!(!tx.finish_preflight(id, claim.fence, &to, Some(&seen), &end).await?);
    assert_eq!(tx.claim_preflight(id, &worker("c"), LONG_SECONDS).await?, None);
    tx.commit().await?;
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("the batch stands");
    assert_eq!((view.control, view.locks), (to, vec![lock(1)]));
    assert_eq!(scene.store.read(&scene.org).await?.list_sealed_locks(id).await?, [seen]);
    let look = canary_look(1, claim.fence);
    let mut tx = scene.store.begin(&scene.org).await?;
    assert!(tx.list_canary_looks(id).await?.is_empty());
    tx.insert_canary_look(id, &look).await?;
    assert_eq!(tx.list_canary_looks(id).await?, std::slice::from_ref(&look));
    tx.commit().await?;
    let view = scene.store.read(&scene.org).await?.get_batch(id).await?.expect("the batch stands");
    assert_eq!(view.canary_looks, [look.row]);
    Ok(())
}

/// An attempt's row stands from its claim on; it ends once, as lost where its lease passed on, and keeps what it exchanged.
pub async fn every_attempt_is_kept(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let id = scene.new_batch(&template, 1).await?.row.id;
    let (retried, recorded) =
        (preflight_end(AttemptOutcome::Retried), preflight_end(AttemptOutcome::Recorded));
    let mut fences = Vec::new();
    for (name, lease) in [("a", OVER_SECONDS), ("b", LONG_SECONDS), ("c", LONG_SECONDS)] {
        let mut tx = scene.store.begin(&scene.org).await?;
        let claim = tx.claim_preflight(id, &worker(name), lease).await?.expect("it is due");
        tx.commit().await?;
        fences.push(claim.fence);
        let mut tx = scene.store.begin(&scene.org).await?;
        match name {
            "a" => assert_eq!(tx.list_preflight_attempts(id).await?[0].outcome, None),
            "b" => assert!(tx.release_preflight(id, claim.fence, 0, true, &retried).await?),
            _ => {
                let (to, lock) = (control(BatchStatus::Running), sealed_lock(1, claim.fence));
                assert!(tx.finish_preflight(id, claim.fence, &to, Some(&lock), &recorded).await?);
                assert!(!tx.release_preflight(id, fences[0], 0, true, &retried).await?, "it was lost");
            }
        }
        tx.commit().await?;
    }
    let attempts = scene.store.read(&scene.org).await?.list_preflight_attempts(id).await?;
    let ends: Vec<_> = attempts.iter().map(|attempt| (attempt.fence, attempt.outcome)).collect();
    let outcomes = [AttemptOutcome::Fenced, AttemptOutcome::Retried, AttemptOutcome::Recorded];
    assert_eq!(ends, fences.iter().copied().zip(outcomes.map(Some)).collect::<Vec<_>>());
    for (attempt, name) in attempts.iter().zip(["a", "b", "c"]) {
        assert_eq!((&attempt.worker, &attempt.exchanges), (&worker(name).0, &retried.exchanges));
        assert_eq!((attempt.error_code, attempt.finished_at), (retried.error_code, Some(at(3))));
    }
    Ok(())
}
