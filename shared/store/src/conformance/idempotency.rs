//! Idempotency records.

use stet_domain::ids::{BatchId, RunId};

use super::Bed;
use super::scene::Scene;
use crate::{ResourceRef, StoreError};

/// A record stands until it expires, and its key may then be used again.
pub async fn a_record_is_kept_until_it_expires(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let mut record = scene.sample.record("\"k\"", &template);
    for resource in [
        ResourceRef::Template(template.id),
        ResourceRef::Batch(BatchId(scene.sample.ulid())),
        ResourceRef::Run(RunId(scene.sample.ulid())),
    ] {
        record.resource = resource;
        let mut tx = scene.store.begin(&scene.org).await?;
        tx.insert_idempotency(&record).await?;
        tx.commit().await?;
        let mut tx = scene.store.read(&scene.org).await?;
        let last = record.expires_at.plus_ms(-1);
        assert_eq!(tx.get_idempotency(&record.key, last).await?, Some(record.clone()));
        assert_eq!(tx.get_idempotency(&record.key, record.expires_at).await?, None);
        record.created_at = record.expires_at;
        record.expires_at = record.expires_at.plus_ms(1000);
    }
    Ok(())
}

/// A second record under a standing key is a conflict and changes nothing.
pub async fn a_standing_key_conflicts(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    let record = scene.sample.record("k", &template);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_idempotency(&record).await?;
    tx.commit().await?;
    let other = scene.sample.record("k", &template);
    let mut tx = scene.store.begin(&scene.org).await?;
    let refused = tx.insert_idempotency(&other).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    drop(tx);
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_idempotency("k", record.created_at).await?, Some(record));
    Ok(())
}

/// Pruning forgets what expired, in all orgs, at most so many at a time.
pub async fn pruning_is_bounded(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let mut last = None;
    for name in ["acme", "bravo"] {
        scene.act_as(name).await?;
        let template = scene.template().await?;
        let mut tx = scene.store.begin(&scene.org).await?;
        for key in ["a", "b", "c"] {
            let record = scene.sample.record(key, &template);
            tx.insert_idempotency(&record).await?;
            last = Some(record);
        }
        tx.commit().await?;
    }
    let last = last.expect("six were written");
    let now = last.expires_at.plus_ms(-1);
    assert_eq!(scene.store.prune_idempotency(now, 3).await?, 3);
    assert_eq!(scene.store.prune_idempotency(now, 3).await?, 2);
    assert_eq!(scene.store.prune_idempotency(now, 3).await?, 0);
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_idempotency("c", now).await?, Some(last));
    Ok(())
}
