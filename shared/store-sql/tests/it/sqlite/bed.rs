//! A database file for each test.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, Row as _};
use stet_store::Store;
use stet_store::conformance::Bed;
use stet_store_sql::{Sqlite, SqliteOptions};
use tempfile::TempDir;

/// A migrated database in a directory that goes with it.
pub(super) struct File {
    pub(super) store: Sqlite,
    pub(super) path: String,
    _directory: TempDir,
}

pub(super) async fn bed() -> File {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("stet.db").to_str().expect("a path in UTF-8").to_owned();
    let store = Sqlite::open(&path, &SqliteOptions::default()).await.expect("a new file opens");
    store.migrate().await.expect("a new file migrates");
    File { store, path, _directory: directory }
}

#[async_trait]
impl Bed for File {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    async fn sql(&self, statement: &str) -> Result<(), String> {
        let done = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(self.store.writer_pool()).await;
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn number(&self, query: &'static str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(query))
            .fetch_one(self.store.reader_pool())
            .await
            .expect("the query answers a row");
        row.get(0)
    }
}
