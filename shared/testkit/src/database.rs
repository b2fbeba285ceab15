//! A database for each test.

use stet_store::{Store as _, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};
use tempfile::TempDir;

/// A migrated SQLite file in a directory of its own, which goes with it.
#[derive(Debug)]
pub struct TempDatabase {
    store: Sqlite,
    path: String,
    _directory: TempDir,
}

impl TempDatabase {
    /// Makes the file and its schema.
    ///
    /// # Errors
    /// What the engine says of opening and migrating it.
    ///
    /// # Panics
    /// Where there is no room for temporary files.
    pub async fn open() -> Result<Self, StoreError> {
        let directory = tempfile::tempdir().expect("a test may write temporary files");
        let path = directory.path().join("stet.db").to_string_lossy().into_owned();
        let store = Sqlite::open(&path, &SqliteOptions::default()).await?;
        store.migrate().await?;
        Ok(Self { store, path, _directory: directory })
    }

    /// The engine.
    #[must_use]
    pub fn store(&self) -> &Sqlite {
        &self.store
    }

    /// Where the file lies, for a second process on it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_databases_are_two_files() {
        let (one, two) = (TempDatabase::open().await.unwrap(), TempDatabase::open().await.unwrap());
        one.store().ready().await.unwrap();
        assert_ne!(one.path(), two.path());
    }
}
