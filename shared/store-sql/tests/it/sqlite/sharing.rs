//! Several processes on one file, stood in for by several engines.

use std::time::Duration;

use stet_store::conformance::Bed as _;
use stet_store::conformance::sample::{at, org};
use stet_store::{Store as _, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};

use super::bed::bed;

fn impatient() -> SqliteOptions {
    SqliteOptions { busy_timeout: Duration::from_millis(50), ..SqliteOptions::default() }
}

#[tokio::test]
async fn what_one_commits_another_sees() {
    let bed = bed().await;
    let other = Sqlite::open(&bed.path, &SqliteOptions::default()).await.unwrap();
    other.ready().await.unwrap();
    other.ensure_org(&org("acme"), at(0)).await.unwrap();
    assert_eq!(bed.number("SELECT count(*) FROM orgs").await, 1);
}

#[tokio::test]
async fn a_writer_that_waits_too_long_is_told_to_come_back() {
    let bed = bed().await;
    let other = Sqlite::open(&bed.path, &impatient()).await.unwrap();
    let held = bed.store.begin(&org("acme")).await.unwrap();
    // Another process meets the file's lock, this one its own queue.
    let Err(refused) = other.begin(&org("acme")).await else { panic!("two writers at once") };
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
    let first = other.ensure_org(&org("acme"), at(0)).await;
    assert!(matches!(first, Err(StoreError::Unavailable { .. })), "{first:?}");
    // Readers never wait.
    assert_eq!(bed.number("SELECT count(*) FROM orgs").await, 0);
    drop(held);
    bed.store.ensure_org(&org("acme"), at(0)).await.unwrap();
    other.ensure_org(&org("acme"), at(0)).await.unwrap();
}

#[tokio::test]
async fn two_that_migrate_at_once_do_it_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stet.db").to_str().unwrap().to_owned();
    let options = SqliteOptions::default();
    let one = Sqlite::open(&path, &options).await.unwrap();
    let two = Sqlite::open(&path, &options).await.unwrap();
    let (first, second) = tokio::join!(one.migrate(), two.migrate());
    let mut ran = [first.unwrap(), second.unwrap()];
    ran.sort_unstable();
    assert_eq!(ran[0], 0);
    assert!(ran[1] > 0);
    one.ready().await.unwrap();
}
