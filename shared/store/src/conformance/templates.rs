//! Templates.

use super::Bed;
use super::scene::Scene;
use crate::StoreError;

/// A template comes back to the byte.
pub async fn a_template_is_kept(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let row = scene.template().await?;
    let unknown = scene.sample.template(&scene.org);
    let mut tx = scene.store.read(&scene.org).await?;
    assert_eq!(tx.get_template(row.id).await?, Some(row));
    assert_eq!(tx.get_template(unknown.id).await?, None);
    Ok(())
}

/// The same content stands once in an org, and once in each.
pub async fn equal_content_conflicts_within_an_org(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let row = scene.template().await?;
    let mut twin = scene.sample.template(&scene.org);
    twin.template_sha256 = row.template_sha256;
    let mut tx = scene.store.begin(&scene.org).await?;
    let refused = tx.insert_template(&twin).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    drop(tx);

    scene.act_as("bravo").await?;
    twin.org = scene.org.clone();
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_template(&twin).await?;
    tx.commit().await
}

/// The first candidate that stands is the answer.
pub async fn candidates_are_tried_in_order(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (first, second) = (scene.template().await?, scene.template().await?);
    let unknown = scene.sample.digest();
    let mut tx = scene.store.read(&scene.org).await?;
    let wanted = [unknown, second.template_sha256, first.template_sha256];
    assert_eq!(tx.find_template(&wanted).await?, Some(second));
    assert_eq!(tx.find_template(&[unknown]).await?, None);
    assert_eq!(tx.find_template(&[]).await?, None);
    Ok(())
}
