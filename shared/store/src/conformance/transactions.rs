//! Transactions, the schema and the clock.

use super::Bed;
use super::sample::at;
use super::scene::Scene;
use crate::StoreError;

/// Without a commit nothing stays.
pub async fn a_dropped_transaction_leaves_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let row = scene.sample.template(&scene.org);
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_template(&row).await?;
    drop(tx);
    // The next transaction that writes begins after the dropped one is undone.
    let mut tx = scene.store.begin(&scene.org).await?;
    assert_eq!(tx.get_template(row.id).await?, None);
    tx.insert_template(&row).await?;
    tx.commit().await
}

/// What others commit during a read does not show in it.
pub async fn a_read_sees_one_snapshot(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let first = scene.template().await?;
    let mut read = scene.store.read(&scene.org).await?;
    assert_eq!(read.get_template(first.id).await?, Some(first));
    let second = scene.template().await?;
    assert_eq!(read.get_template(second.id).await?, None);
    drop(read);
    let mut read = scene.store.read(&scene.org).await?;
    assert_eq!(read.get_template(second.id).await?, Some(second));
    Ok(())
}

/// A transaction that was begun to read refuses to write.
pub async fn a_read_writes_nothing(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let row = scene.sample.template(&scene.org);
    let mut tx = scene.store.read(&scene.org).await?;
    assert!(tx.insert_template(&row).await.is_err());
    drop(tx);
    assert_eq!(scene.store.read(&scene.org).await?.get_template(row.id).await?, None);
    Ok(())
}

/// The schema is this build's, migrating again does nothing, orgs are made once, and time does not go backwards.
pub async fn the_schema_is_ready_and_the_clock_runs(bed: &dyn Bed) -> Result<(), StoreError> {
    let scene = Scene::open(bed.store()).await?;
    scene.store.ready().await?;
    assert_eq!(bed.migrate().await?, 0);
    scene.store.ensure_org(&scene.org, at(99)).await?;
    assert_eq!(bed.number("SELECT count(*) FROM orgs").await, 1);
    let (earlier, later) = (scene.store.now().await?, scene.store.now().await?);
    assert!(at(0) < earlier && earlier <= later, "{earlier} {later}");
    Ok(())
}
