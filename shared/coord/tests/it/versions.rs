//! The version cache: one live fetch for all who wait, in one process and across several.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use stet_coord::{VersionsError, VersionsSettings, VersionsSource};
use stet_domain::Provider;

use crate::fixture::{BEGUN, Database, Meter, Source, settings};

const P: Provider = Provider::OpenAi;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_refreshes_in_four_processes_make_one_fetch() {
    let database = Database::new().await;
    let source = Arc::new(Source::closed());
    let meter = Arc::new(Meter::default());
    let mut processes = Vec::new();
    for name in ["one", "two", "three", "four"] {
        processes.push(Arc::new(database.process(name, source.clone(), meter.clone(), settings()).await));
    }
    let begun = Arc::new(AtomicUsize::new(0));
    let callers: Vec<_> = (0..100)
        .map(|index| {
            let process = processes[index % processes.len()].clone();
            let call = async move { process.get(P, true).await.unwrap() };
            tokio::spawn(BEGUN.scope(begun.clone(), call))
        })
        .collect();
    // The provider answers only when every caller has looked at the clock: none begins after the fetch.
    while begun.load(Ordering::SeqCst) < 100 || source.calls() == 0 {
        tokio::task::yield_now().await;
    }
    source.gate.add_permits(100);
    for caller in callers {
        let versions = caller.await.unwrap();
        assert_eq!(versions.source, VersionsSource::Live);
        assert_eq!(versions.listing.models[0].id, "model-0");
    }
    assert_eq!(source.calls(), 1);
    assert_eq!(meter.0.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_dies_is_replaced_after_its_lease() {
    let database = Database::new().await;
    let source = Arc::new(Source::closed());
    let meter = Arc::new(Meter::default());
    let short = VersionsSettings { lease_ms: 500, ..settings() };
    // A runtime of its own is a process that can be killed: its tasks vanish, its lease stays.
    let doomed = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let one = Arc::new(database.process("one", source.clone(), meter.clone(), short).await);
    doomed.spawn(async move { one.get(P, true).await });
    while source.calls() == 0 {
        tokio::task::yield_now().await;
    }
    doomed.shutdown_background();
    let two = Arc::new(database.process("two", source.clone(), meter.clone(), short).await);
    source.gate.add_permits(100);
    let waiters: Vec<_> = (0..50)
        .map(|_| {
            let two = two.clone();
            tokio::spawn(async move { two.get(P, false).await.unwrap() })
        })
        .collect();
    for waiter in waiters {
        assert_eq!(waiter.await.unwrap().listing.models.len(), 1);
    }
    assert!(source.calls() <= 2, "{} fetches", source.calls());
}

#[tokio::test]
async fn a_list_is_cached_until_it_expires() {
    let database = Database::new().await;
    let source = Arc::new(Source::open());
    let meter = Arc::new(Meter::default());
    let one = database.process("one", source.clone(), meter.clone(), settings()).await;
    assert_eq!(one.cached(P).await.unwrap(), None);
    let first = one.get(P, false).await.unwrap();
    assert_eq!(first.source, VersionsSource::Live);
    let ttl_us = first.listing.expires_at.0 - first.listing.checked_at.0;
    assert_eq!(ttl_us, 300_000_000);
    let two = database.process("two", source.clone(), meter.clone(), settings()).await;
    let second = two.get(P, false).await.unwrap();
    assert_eq!((second.source, &second.listing), (VersionsSource::Cache, &first.listing));
    assert_eq!(source.calls(), 1);
    // A list that expires at once is fetched again.
    let hasty = VersionsSettings { ttl_ms: 0, ..settings() };
    let three = database.process("three", source.clone(), meter, hasty).await;
    database.past(first.listing.checked_at).await;
    let fleeting = three.get(P, true).await.unwrap().listing;
    assert_eq!(fleeting.models[0].id, "model-1");
    database.past(fleeting.checked_at).await;
    assert_eq!(two.get(P, false).await.unwrap().listing.models[0].id, "model-2");
    assert_eq!(source.calls(), 3);
}

#[tokio::test]
async fn not_modified_renews_what_stands() {
    let database = Database::new().await;
    let source = Arc::new(Source { etag: Some("W/\"v\"".to_owned()), ..Source::open() });
    let one = database.process("one", source.clone(), Arc::default(), settings()).await;
    let first = one.get(P, true).await.unwrap().listing;
    database.past(first.checked_at).await;
    let second = one.get(P, true).await.unwrap().listing;
    assert_eq!(source.calls(), 2);
    assert_eq!((&second.models, second.etag.as_str()), (&first.models, "W/\"v\""));
    assert!(second.checked_at > first.checked_at);
}

#[tokio::test]
async fn a_failure_is_told_and_the_lead_given_back() {
    let database = Database::new().await;
    let broken = Arc::new(Source { fails: true, ..Source::open() });
    let one = database.process("one", broken, Arc::default(), settings()).await;
    assert!(matches!(one.get(P, false).await, Err(VersionsError::Provider(_))));
    let two = database.process("two", Arc::new(Source::open()), Arc::default(), settings()).await;
    assert!(two.get(P, false).await.is_ok(), "nobody holds the lead of a failed flight");
}

#[tokio::test]
async fn a_slow_provider_is_left_and_a_caller_that_leaves_stops_nothing() {
    let database = Database::new().await;
    let source = Arc::new(Source::closed());
    let hasty = VersionsSettings { fetch_timeout_ms: 20, ..settings() };
    let one = database.process("one", source.clone(), Arc::default(), hasty).await;
    assert!(matches!(one.get(P, false).await, Err(VersionsError::FetchTimeout { limit_ms: 20 })));
    let two = database.process("two", source.clone(), Arc::default(), settings()).await;
    let left = tokio::time::timeout(Duration::from_millis(100), two.get(P, false)).await;
    assert!(left.is_err());
    source.gate.add_permits(100);
    assert!(two.get(P, false).await.is_ok());
    assert_eq!(source.calls(), 2, "the flight that the first caller left went on");
}
