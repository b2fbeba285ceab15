//! What waits, by provider.

use stet_domain::Provider;
use stet_domain::batch::BatchStatus;

use super::Bed;
use super::scene::{LONG_SECONDS, Scene, run_ids};
use crate::{Backlog, StoreError};

async fn read(scene: &Scene<'_>) -> Result<Option<Backlog>, StoreError> {
    let backlog = scene.store.backlog().await?;
    Ok(backlog.into_iter().find(|of| of.provider == Provider::OpenAi && (of.waiting, of.running) != (0, 0)))
}

fn counts(backlog: Option<Backlog>) -> Option<(u64, u64, u64)> {
    backlog.map(|of| (of.waiting, of.running, of.room))
}

/// Cells count while their batch runs, single runs always; what is due is as old as its moment.
pub async fn what_runs_and_waits_is_counted_and_what_is_paused_is_not(
    bed: &dyn Bed,
) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    assert_eq!(counts(read(&scene).await?), None);
    let (batch, ids) = scene.running(1).await?;
    assert_eq!(counts(read(&scene).await?), Some((4, 0, 4)));
    let now = scene.store.now().await?;
    assert!(read(&scene).await?.and_then(|of| of.oldest_due).is_some_and(|since| since <= now));

    scene.claim(&ids[..3], LONG_SECONDS).await?;
    assert_eq!(counts(read(&scene).await?), Some((1, 3, 4)));
    let template = scene.template().await?;
    let single = scene.single(&template).await?;
    assert_eq!(counts(read(&scene).await?), Some((2, 3, 5)));
    scene.claim(&[single], LONG_SECONDS).await?;
    assert_eq!(counts(read(&scene).await?), Some((1, 4, 5)));

    assert!(scene.set(batch.row.id, BatchStatus::Running, BatchStatus::Paused).await?);
    let paused = read(&scene).await?;
    assert_eq!((counts(paused), paused.and_then(|of| of.oldest_due)), (Some((0, 1, 1)), None));
    Ok(())
}

/// A batch's own bound is the room that it has, and what is under way beyond it stays counted.
pub async fn room_is_what_the_bound_of_a_batch_leaves(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut batch = scene.sample.batch(&template, 1);
    batch.row.max_parallel = Some(2);
    scene.insert(&batch).await?;
    scene.start(batch.row.id).await?;
    assert_eq!(counts(read(&scene).await?), Some((4, 0, 2)));
    let claimed = scene.claim(&run_ids(&batch), LONG_SECONDS).await?;
    assert_eq!(claimed.len(), 2);
    assert_eq!(counts(read(&scene).await?), Some((2, 2, 2)));
    Ok(())
}
