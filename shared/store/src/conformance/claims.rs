//! Claims (reliability.md rule 2).

use std::collections::BTreeSet;

use futures::future::try_join_all;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::RunId;
use stet_domain::run::RunStatus;

use super::Bed;
use super::sample::{lock, worker};
use super::scene::{LONG_SECONDS, Scene, run_ids};
use crate::{LastLives, StoreError};

/// A claim moves the run under a new fence and lease, writes the attempt, and brings inputs, batch facts and lock.
pub async fn a_claim_makes_the_attempt_and_brings_the_facts(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    let template = scene.template().await?;
    let single = scene.sample.single(&template);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_single_run(&single).await?;
    tx.commit().await?;
    let now = scene.store.now().await?;
    let claimed = scene.claim(&[ids[2], single.id, ids[0]], LONG_SECONDS).await?;
    assert_eq!(claimed.iter().map(|claim| claim.row.id).collect::<Vec<_>>(), [ids[2], single.id, ids[0]]);
    for claim in &claimed {
        let row = &claim.row;
        assert_eq!((row.status, row.fence.0), (RunStatus::Running, 1));
        let lease = row.lease_until.expect("a running run has a lease");
        assert!(lease >= now.plus_ms(1000 * i64::from(LONG_SECONDS)), "{lease}");
        assert_eq!(&scene.run(row.id).await?.row, row);
        let attempts = scene.store.read(&scene.org).await?.list_attempts(row.id).await?;
        assert_eq!(attempts.len(), 1);
        assert_eq!((attempts[0].fence, attempts[0].worker.as_str()), (row.fence, worker("a").0.as_str()));
        assert_eq!((attempts[0].outcome, attempts[0].finished_at), (None, None));
        assert!(attempts[0].started_at >= now);
    }
    let cell = &claimed[0];
    assert_eq!((cell.row.lock_epoch, &cell.lock), (Some(1), &Some(lock(1))));
    assert_eq!((&cell.inputs, cell.batch_sha256), (&batch.row.inputs, Some(batch.row.batch_sha256)));
    assert_eq!(cell.drift_policy, Some(batch.row.drift_policy));
    assert_eq!((&cell.trace, &claimed[1].trace), (&batch.trace, &single.trace));
    let alone = &claimed[1];
    assert_eq!((&alone.inputs, alone.batch_sha256, &alone.lock), (&single.inputs, None, &None));
    assert_eq!(scene.claim(&ids[2..3], LONG_SECONDS).await?, []);
    Ok(())
}

/// However many ask for the same runs at once, each run goes to one.
pub async fn concurrent_claimers_get_disjoint_runs(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(25).await?;
    let claimers = (0..8).map(|claimer| {
        let mut asked = ids.clone();
        asked.rotate_left(claimer * 11);
        asked.truncate(60);
        let (store, org) = (scene.store, scene.org.clone());
        async move {
            let mut tx = store.begin(&org).await?;
            let claimed =
                tx.claim_runs(&asked, &worker(&claimer.to_string()), LONG_SECONDS, LastLives::ANY).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(claimed)
        }
    });
    let claimed: Vec<_> = try_join_all(claimers).await?.into_iter().flatten().collect();
    assert_eq!(claimed.len(), ids.len());
    let distinct: BTreeSet<_> = claimed.iter().map(|claim| claim.row.id).collect();
    assert_eq!(distinct, ids.iter().copied().collect());
    assert!(claimed.iter().all(|claim| claim.row.fence.0 == 1));
    assert_eq!(bed.number("SELECT count(*) FROM attempts").await, 100);
    Ok(())
}

/// Before preflight has ended and after a pause or a cancel nothing starts (invariant I8).
pub async fn a_batch_that_is_not_running_gives_no_claims(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let waiting = scene.new_batch(&template, 1).await?;
    assert_eq!(scene.claim(&run_ids(&waiting), LONG_SECONDS).await?, []);
    let (batch, ids) = scene.running(1).await?;
    for to in [BatchStatus::Paused, BatchStatus::Cancelled] {
        assert!(scene.set(batch.row.id, BatchStatus::Running, to).await?);
        assert_eq!(scene.claim(&ids, LONG_SECONDS).await?, []);
        assert_eq!(scene.due_runs(10).await?, []);
        if to == BatchStatus::Paused {
            assert!(scene.set(batch.row.id, BatchStatus::Paused, BatchStatus::Running).await?);
        }
    }
    assert_eq!(bed.number("SELECT count(*) FROM attempts").await, 0);
    Ok(())
}

/// Of runs whose next crash is their last, a claim takes as many as are wanted and leaves the others due; all other runs it takes as ever.
pub async fn last_lives_are_claimed_as_many_as_are_wanted(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(2).await?;
    let claim = async |most| {
        let mut tx = scene.store.begin(&scene.org).await?;
        let lives = LastLives { from_crashes: 0, most };
        let claimed = tx.claim_runs(&ids, &worker("a"), LONG_SECONDS, lives).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(claimed.len())
    };
    assert_eq!(claim(0).await?, 0);
    assert_eq!(claim(1).await?, 1);
    assert_eq!(claim(2).await?, 2);
    // From the first crash on: these have none.
    let mut tx = scene.store.begin(&scene.org).await?;
    let lives = LastLives { from_crashes: 1, most: 0 };
    assert_eq!(tx.claim_runs(&ids, &worker("a"), LONG_SECONDS, lives).await?.len(), ids.len() - 3);
    tx.commit().await
}

/// A batch's own bound holds over all claims, and room comes back with each end.
pub async fn max_parallel_bounds_the_claims(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut batch = scene.sample.batch(&template, 3);
    batch.row.max_parallel = Some(3);
    scene.insert(&batch).await?;
    scene.start(batch.row.id).await?;
    let (_, others) = scene.running(1).await?;
    let ids = run_ids(&batch);
    assert_eq!(scene.claim(&ids[..2], LONG_SECONDS).await?.len(), 2);
    let asked = [ids.as_slice(), others.as_slice()].concat();
    let claimed = scene.claim(&asked, LONG_SECONDS).await?;
    let expected = [&ids[2..3], others.as_slice()].concat();
    assert_eq!(claimed.iter().map(|claim| claim.row.id).collect::<Vec<_>>(), expected);
    assert_eq!(scene.claim(&ids, LONG_SECONDS).await?, []);
    let commit = scene.sample.success(claimed[0].row.id, claimed[0].row.fence);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.commit_runs(&[commit]).await?;
    tx.commit().await?;
    assert_eq!(scene.claim(&ids, LONG_SECONDS).await?.len(), 1);
    Ok(())
}

/// A run whose moment has not come stays.
pub async fn a_run_that_is_not_due_is_not_claimed(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let claimed = scene.claim(&ids[..1], LONG_SECONDS).await?;
    let mut retry = scene.sample.retry(ids[0], claimed[0].row.fence);
    retry.delay_ms = 3_600_000;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.retry_runs(&[retry]).await?;
    tx.commit().await?;
    let claimed = scene.claim(&ids, LONG_SECONDS).await?;
    assert_eq!(claimed.iter().map(|claim| claim.row.id).collect::<Vec<_>>(), ids[1..]);
    Ok(())
}

/// An id that is named twice is one run, and one that is unknown is none.
pub async fn ids_that_repeat_are_claimed_once(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, ids) = scene.running(1).await?;
    let unknown = RunId(scene.sample.ulid());
    let claimed = scene.claim(&[ids[0], unknown, ids[0], ids[1]], LONG_SECONDS).await?;
    assert_eq!(claimed.iter().map(|claim| claim.row.id).collect::<Vec<_>>(), ids[..2]);
    assert_eq!(bed.number("SELECT count(*) FROM attempts").await, 2);
    assert_eq!(scene.claim(&[], LONG_SECONDS).await?, []);
    Ok(())
}
