//! The schema and its migrations.

use stet_store::conformance::Bed as _;
use stet_store::{Store as _, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};

use super::bed::bed;

#[tokio::test]
async fn an_empty_database_waits_for_its_migrations() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stet.db").to_str().unwrap().to_owned();
    let store = Sqlite::open(&path, &SqliteOptions::default()).await.unwrap();
    let refused = store.ready().await.unwrap_err();
    let StoreError::PendingMigrations { pending } = refused else { panic!("{refused}") };
    assert_eq!(store.migrate().await.unwrap(), pending);
    store.ready().await.unwrap();
}

/// A migration of a later build, as its number alone.
const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9999, 'later', TRUE, x'00', 0)";

#[tokio::test]
async fn a_later_schema_serves_until_its_floor_rises() {
    let bed = bed().await;
    bed.sql(LATER).await.unwrap();
    bed.store.ready().await.unwrap();
    assert_eq!(bed.store.migrate().await.unwrap(), 0);
    bed.sql("UPDATE schema_floor SET least_migration = 9999").await.unwrap();
    for refused in [bed.store.ready().await, bed.store.migrate().await.map(|_| ())] {
        assert!(
            matches!(refused, Err(StoreError::NewerSchema { version: 9999, least: 9999 })),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_schema_of_another_line_is_refused() {
    let bed = bed().await;
    bed.sql(LATER).await.unwrap();
    bed.sql("DELETE FROM _sqlx_migrations WHERE version = 25").await.unwrap();
    for refused in [bed.store.ready().await, bed.store.migrate().await.map(|_| ())] {
        assert!(matches!(refused, Err(StoreError::NewerSchema { version: 9999, .. })), "{refused:?}");
    }
    // There is no migration 22.
    bed.sql("UPDATE _sqlx_migrations SET version = 22 WHERE version = 9999").await.unwrap();
    let refused = bed.store.ready().await;
    assert!(
        matches!(&refused, Err(StoreError::Corrupt { what, .. }) if what.contains("migration 22")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_edited_migration_is_refused() {
    let bed = bed().await;
    bed.sql("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 2").await.unwrap();
    let refused = bed.store.ready().await;
    assert!(
        matches!(&refused, Err(StoreError::Corrupt { what, .. }) if what.contains("migration 2")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn every_table_is_strict() {
    let bed = bed().await;
    let loose = "SELECT count(*) FROM pragma_table_list
        WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            AND name <> '_sqlx_migrations'";
    assert_eq!(bed.number(loose).await, 0);
    let strict = "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict";
    assert_eq!(bed.number(strict).await, 29);
}

/// `org_id` leads every key and index of every table that has one, but for the look-up of a key whose org is not known yet.
#[tokio::test]
async fn the_org_leads_every_index() {
    let bed = bed().await;
    let others = "SELECT count(*)
        FROM pragma_table_list AS t
        JOIN pragma_index_list(t.name) AS i
        JOIN pragma_index_info(i.name) AS c ON c.seqno = 0
        WHERE t.schema = 'main' AND c.name <> 'org_id' AND i.name <> 'api_keys_by_id'
            AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS o WHERE o.name = 'org_id')";
    assert_eq!(bed.number(others).await, 0);
    let leading = "SELECT count(*)
        FROM pragma_table_list AS t
        JOIN pragma_index_list(t.name) AS i
        JOIN pragma_index_info(i.name) AS c ON c.seqno = 0
        WHERE t.schema = 'main' AND c.name = 'org_id'";
    assert!(bed.number(leading).await > 20);
}
