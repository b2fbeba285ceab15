//! Providers and their lists.

use std::sync::atomic::Ordering;

use stet_coord::VersionsSource;
use stet_domain::Provider;
use stet_domain::role::Role;
use stet_ops::OpError;

use crate::fixture::{World, actor, admin, offences};

#[tokio::test]
async fn a_list_is_fetched_once_and_refreshed_by_operators_alone() {
    let world = World::new().await;
    *world.listed.ids.lock().unwrap() = vec!["a", "b"];
    let viewer = actor("default", Role::Viewer);
    let first = world.ops.provider_versions(&viewer, Provider::OpenAi, false).await.unwrap();
    assert_eq!((first.source, first.listing.models.len()), (VersionsSource::Live, 2));
    let second = world.ops.provider_versions(&viewer, Provider::OpenAi, false).await.unwrap();
    assert_eq!((second.source, &second.listing), (VersionsSource::Cache, &first.listing));
    let refused = world.ops.provider_versions(&viewer, Provider::OpenAi, true).await;
    assert!(matches!(refused, Err(OpError::Forbidden { needed: Role::Operator, .. })));
    assert_eq!(world.listed.asked.load(Ordering::SeqCst), 1);
    // The database's clock counts milliseconds: a refresh within the one of the fetch is answered by it.
    while world.database.process().await.store.now().await.unwrap() <= first.listing.checked_at {
        tokio::task::yield_now().await;
    }
    let operator = actor("default", Role::Operator);
    let third = world.ops.provider_versions(&operator, Provider::OpenAi, true).await.unwrap();
    assert_eq!(third.source, VersionsSource::Live);
    assert_eq!(world.listed.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_provider_without_credentials_is_named_as_such() {
    let world = World::new().await;
    let refused = world.ops.provider_versions(&admin(), Provider::Gemini, false).await;
    assert_eq!(offences(refused), [(String::new(), "PROVIDER_NOT_CONFIGURED")]);
    let all = world.ops.list_providers(&admin()).await.unwrap();
    let configured: Vec<_> = all.iter().filter(|view| view.configured).map(|view| view.provider).collect();
    assert_eq!((all.len(), configured), (3, vec![Provider::OpenAi]));
    assert!(world.ops.ready().await.is_ok());
}
