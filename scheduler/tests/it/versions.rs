//! Model lists, renewed before they run out.

use stet_coord::VersionsSource;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_simulator::Scenario;

use crate::fixture::{World, admin, until};

/// Moves the end of the list that stands to so many seconds from now.
async fn ends_in(world: &World, seconds: i64) -> Timestamp {
    let end = world.database.process().await.store.now().await.unwrap().0 + seconds * 1_000_000;
    world.sql(&format!("UPDATE provider_versions SET expires_at_us = {end}")).await;
    Timestamp(end)
}

/// When the list of the row ends; what serves requests may hold a copy of it that is some seconds old.
async fn end(world: &World) -> Option<Timestamp> {
    let end = world.number("SELECT coalesce(max(expires_at_us), 0) FROM provider_versions").await;
    (end > 0).then_some(Timestamp(end))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_nears_its_end_is_renewed_and_nobody_waits() {
    let world = World::new().await;
    let before = world.simulator.counts().listings;
    let versions = async || world.ops.provider_versions(&admin(), Provider::OpenAi, false).await.unwrap();
    assert_eq!(versions().await.source, VersionsSource::Live);
    let soon = ends_in(&world, 30).await;
    let schedulers = [world.scheduler(), world.scheduler(), world.scheduler()];
    until("the renewal", async || end(&world).await.filter(|end| *end > soon)).await;
    assert_eq!(versions().await.source, VersionsSource::Cache);
    // A list that has time left is left alone.
    for _ in 0..5 {
        world.ops.renew_versions(Provider::OpenAi).await.unwrap();
    }
    for scheduler in schedulers {
        scheduler.stop().await;
    }
    assert_eq!(
        world.simulator.counts().listings - before,
        2,
        "one fetch by whoever asked first, and one renewal"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_fails_leaves_what_stands() {
    let world = World::new().await;
    world.ops.provider_versions(&admin(), Provider::OpenAi, false).await.unwrap();
    let broken = r#"{"rules":[{"when":{"endpoint":"models"},"then":{"fault":{"error":{"status":503}}}}]}"#;
    world.simulator.set_scenario(Scenario::parse(broken.as_bytes()).unwrap());
    let (soon, before) = (ends_in(&world, 30).await, world.simulator.counts().listings);
    let scheduler = world.scheduler();
    let tried = async || (world.simulator.counts().listings >= before + 2).then_some(());
    until("two tries", tried).await;
    assert_eq!(end(&world).await, Some(soon));
    let served = world.ops.provider_versions(&admin(), Provider::OpenAi, false).await.unwrap();
    assert_eq!(served.source, VersionsSource::Cache);
    world.simulator.set_scenario(Scenario::default());
    until("the renewal", async || end(&world).await.filter(|end| *end > soon)).await;
    scheduler.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_nobody_asked_for_is_not_asked() {
    let world = World::new().await;
    let before = world.simulator.counts().listings;
    world.ops.renew_versions(Provider::OpenAi).await.unwrap();
    assert_eq!((end(&world).await, world.simulator.counts().listings), (None, before));
}
