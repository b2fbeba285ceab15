//! What looks across orgs: dispatch, sweep, completion.

use stet_domain::ids::{OrgId, RunId};

use super::Bed;
use super::sample::org;
use super::scene::{LONG_SECONDS, OVER_SECONDS, Scene, run_ids};
use crate::StoreError;

/// One org's many cells do not delay another's few.
pub async fn orgs_take_turns(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, many) = scene.running(250).await?;
    scene.act_as("bravo").await?;
    let (_, few) = scene.running(1).await?;
    let due = scene.due_runs(10).await?;
    let of = |name: &str| -> Vec<RunId> {
        due.iter().filter(|(owner, _)| *owner == org(name)).map(|(_, run)| *run).collect()
    };
    assert_eq!(due.len(), 10);
    assert_eq!(of("bravo"), few);
    assert_eq!(of("acme"), many[..6]);
    assert!(
        due[..8]
            .iter()
            .map(|(owner, _)| owner)
            .collect::<Vec<&OrgId>>()
            .chunks(2)
            .all(|pair| pair[0] != pair[1])
    );
    assert_eq!(scene.due_runs(0).await?, []);
    Ok(())
}

/// Within an org its batches take turns, cells by their index, and what a person waits for goes first.
pub async fn batches_of_an_org_take_turns_and_single_runs_go_first(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, first) = scene.running(25).await?;
    let (_, second) = scene.running(1).await?;
    let template = scene.template().await?;
    let singles = [scene.single(&template).await?, scene.single(&template).await?];
    let due: Vec<RunId> = scene.due_runs(12).await?.into_iter().map(|(_, run)| run).collect();
    assert_eq!(due[..2], singles);
    let turns: Vec<RunId> = (0..4).flat_map(|index| [first[index], second[index]]).collect();
    assert_eq!(due[2..10], turns);
    assert_eq!(due[10..], first[4..6]);
    Ok(())
}

/// A batch at its bound offers no run, and no moment to wait for.
pub async fn a_full_batch_offers_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut batch = scene.sample.batch(&template, 2);
    batch.row.max_parallel = Some(2);
    scene.insert(&batch).await?;
    scene.start(batch.row.id).await?;
    let ids = run_ids(&batch);
    let offered = |due: Vec<(OrgId, RunId)>| due.into_iter().map(|(_, run)| run).collect::<Vec<_>>();
    assert_eq!(offered(scene.due_runs(10).await?), ids[..2]);
    scene.claim(&ids[..1], LONG_SECONDS).await?;
    assert_eq!(offered(scene.due_runs(10).await?), ids[1..2]);
    scene.claim(&ids[1..2], LONG_SECONDS).await?;
    assert_eq!(scene.due_runs(10).await?, []);
    assert_eq!(scene.next_due().await?, None);
    Ok(())
}

/// The earliest moment at which something waiting is due, over runs and preflights.
pub async fn the_next_moment_is_told(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    assert_eq!(scene.next_due().await?, None);
    let template = scene.template().await?;
    let batch = scene.new_batch(&template, 1).await?;
    let now = scene.store.now().await?;
    assert!(scene.next_due().await?.is_some_and(|next| next <= now));
    scene.start(batch.row.id).await?;
    let claimed = scene.claim(&run_ids(&batch), LONG_SECONDS).await?;
    assert_eq!(scene.next_due().await?, None);
    for (claim, delay_ms) in claimed.iter().zip([300_000, 100_000, 200_000]) {
        let mut retry = scene.sample.retry(claim.row.id, claim.row.fence);
        retry.delay_ms = delay_ms;
        let mut tx = scene.store.begin(&scene.org).await?;
        tx.retry_runs(&[retry]).await?;
        tx.commit().await?;
    }
    let earliest = scene.run(claimed[1].row.id).await?.row.available_at;
    assert_eq!(scene.next_due().await?, Some(earliest));
    let single = scene.single(&template).await?;
    let due = scene.run(single).await?.row.available_at;
    assert_eq!(scene.next_due().await?, Some(due));
    Ok(())
}

/// Leases that ran out are found in every org, at most so many.
pub async fn expired_leases_are_found(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (_, first) = scene.running(1).await?;
    scene.claim(&first[..1], OVER_SECONDS).await?;
    scene.claim(&first[1..], LONG_SECONDS).await?;
    scene.act_as("bravo").await?;
    let (_, second) = scene.running(1).await?;
    scene.claim(&second[..2], OVER_SECONDS).await?;
    let mut expired = scene.store.expired_runs(10).await?;
    expired.sort_unstable();
    let bravo = scene.org.clone();
    assert_eq!(expired, [(org("acme"), first[0]), (bravo.clone(), second[0]), (bravo, second[1])]);
    assert_eq!(scene.store.expired_runs(2).await?.len(), 2);
    Ok(())
}

/// A batch whose last commit died before it was completed.
pub async fn a_lost_completion_is_found(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    scene.finish(&ids[..3]).await?;
    assert_eq!(scene.store.finished_batches(10).await?, []);
    scene.finish(&ids[3..]).await?;
    assert_eq!(scene.store.finished_batches(10).await?, [(scene.org.clone(), batch.row.id)]);
    assert_eq!(scene.store.finished_batches(0).await?, []);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.complete_batches(&[batch.row.id], super::sample::at(90)).await?;
    tx.commit().await?;
    assert_eq!(scene.store.finished_batches(10).await?, []);
    Ok(())
}
