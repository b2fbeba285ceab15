//! API keys.

use super::Bed;
use super::sample::at;
use super::scene::Scene;
use crate::StoreError;

/// A key comes back as written, is found without its org, listed newest first and revoked once.
pub async fn a_key_is_kept_found_and_revoked(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (first, second) = (scene.sample.api_key(&scene.org), scene.sample.api_key(&scene.org));
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_api_key(&first).await?;
    tx.insert_api_key(&second).await?;
    tx.commit().await?;
    assert_eq!(scene.store.find_api_key(&first.id).await?, Some(first.clone()));
    assert_eq!(scene.store.find_api_key(&scene.sample.api_key(&scene.org).id).await?, None);

    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.list_api_keys().await?, [second.clone(), first.clone()]);
    assert!(tx.revoke_api_key(&first.id, at(7)).await?);
    assert!(!tx.revoke_api_key(&first.id, at(8)).await?);
    tx.commit().await?;
    let revoked = scene.store.find_api_key(&first.id).await?.expect("a revoked key stays");
    assert_eq!(revoked.revoked_at, Some(at(7)));
    Ok(())
}

/// An id is taken once, whichever org holds it.
pub async fn a_taken_id_conflicts(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let key = scene.sample.api_key(&scene.org);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_api_key(&key).await?;
    tx.commit().await?;
    for name in ["acme", "bravo"] {
        scene.act_as(name).await?;
        let mut tx = scene.store.begin(&scene.org).await?;
        let refused = tx.insert_api_key(&key).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    }
    Ok(())
}
