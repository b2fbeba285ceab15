//! The database file, looked at without Stet's own code.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use stet_domain::Digest;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) struct Database {
    runtime: Runtime,
    connection: Option<SqliteConnection>,
    /// The folder of a copy, which goes with it.
    copied: Option<TempDir>,
}

impl Database {
    pub(crate) fn open(path: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let options = SqliteConnectOptions::new().filename(path);
        let connection = runtime.block_on(options.connect()).unwrap();
        Self { runtime, connection: Some(connection), copied: None }
    }

    /// A copy of a database that nobody has open, its log included: the original stays as a killed process left it.
    pub(crate) fn copy(path: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.db");
        std::fs::copy(path, &copy).unwrap();
        let log = path.with_extension("db-wal");
        if log.exists() {
            std::fs::copy(log, copy.with_extension("db-wal")).unwrap();
        }
        let mut database = Self::open(&copy);
        database.copied = Some(folder);
        database
    }

    fn rows(&mut self, sql: &'static str) -> Vec<SqliteRow> {
        let connection = self.connection.as_mut().expect("it is open");
        self.runtime.block_on(sqlx::query(sql).fetch_all(connection)).unwrap()
    }

    /// The one number that a statement answers.
    pub(crate) fn number(&mut self, sql: &'static str) -> i64 {
        self.rows(sql)[0].get(0)
    }

    /// Pairs of numbers.
    pub(crate) fn pairs(&mut self, sql: &'static str) -> Vec<(i64, i64)> {
        self.rows(sql).iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Texts.
    pub(crate) fn texts(&mut self, sql: &'static str) -> Vec<String> {
        self.rows(sql).iter().map(|row| row.get(0)).collect()
    }

    /// The first digest that a statement answers.
    pub(crate) fn digest(&mut self, sql: &'static str) -> Option<Digest> {
        let bytes: Vec<u8> = self.rows(sql).first()?.get(0);
        Some(bytes.as_slice().try_into().unwrap())
    }

    /// Changes rows.
    pub(crate) fn change(&mut self, sql: &'static str) -> u64 {
        let connection = self.connection.as_mut().expect("it is open");
        self.runtime.block_on(sqlx::query(sql).execute(connection)).unwrap().rows_affected()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Closed in order, so that the log is written back into the file.
        if let Some(connection) = self.connection.take() {
            drop(self.runtime.block_on(connection.close()));
        }
    }
}
