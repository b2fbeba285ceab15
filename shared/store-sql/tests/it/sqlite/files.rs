//! Opening: what is there, what is not, and what is no database.

use sqlx::Row as _;
use stet_store::conformance::Bed as _;
use stet_store::{Store as _, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};

use super::bed::bed;

#[tokio::test]
async fn urls_and_paths_name_the_same_file() {
    let bed = bed().await;
    let options = SqliteOptions { create_if_missing: false, ..SqliteOptions::default() };
    for name in [bed.path.clone(), format!("sqlite:{}", bed.path), format!("sqlite://{}", bed.path)] {
        Sqlite::open(&name, &options).await.unwrap().ready().await.unwrap();
    }
}

#[tokio::test]
async fn a_missing_file_is_made_only_if_asked() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("none.db").to_str().unwrap().to_owned();
    let options = SqliteOptions { create_if_missing: false, ..SqliteOptions::default() };
    let refused = Sqlite::open(&path, &options).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable { detail, .. } if detail.contains("none.db")),
        "{refused}"
    );
    assert!(!std::path::Path::new(&path).exists());
}

#[tokio::test]
async fn a_database_in_memory_is_refused() {
    for name in [":memory:", "sqlite::memory:", "sqlite://?mode=memory", ""] {
        let refused = Sqlite::open(name, &SqliteOptions::default()).await.unwrap_err();
        assert!(matches!(refused, StoreError::Engine { .. }), "{name}: {refused}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("text.db");
    std::fs::write(&path, "this is a text, and longer than the header of a database is".repeat(100)).unwrap();
    let refused = Sqlite::open(path.to_str().unwrap(), &SqliteOptions::default()).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Engine { detail, .. } if detail.contains("text.db")), "{refused}");
}

#[tokio::test]
async fn connections_are_tuned_as_decided() {
    let bed = bed().await;
    for pool in [bed.store.writer_pool(), bed.store.reader_pool()] {
        for (pragma, expected) in
            [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA busy_timeout", 10_000)]
        {
            let row = sqlx::query(sqlx::AssertSqlSafe(pragma)).fetch_one(pool).await.unwrap();
            assert_eq!(row.get::<i64, _>(0), expected, "{pragma}");
        }
        let row = sqlx::query("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!(row.get::<String, _>(0), "wal");
    }
    assert_eq!(bed.number("SELECT count(*) FROM pragma_foreign_key_check").await, 0);
}
