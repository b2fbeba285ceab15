//! Opening the file.

use std::str::FromStr as _;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use stet_store::StoreError;

use super::{Sqlite, SqliteOptions, classify};

/// The most readers that one process opens.
const READERS_MAX: u32 = 64;

/// The write-ahead log is cut back to this size after a checkpoint.
const JOURNAL_SIZE_LIMIT_BYTES: &str = "67108864";

/// The names under which the database is looked for: `sqlite://path`, `sqlite:path` or a bare path.
const SCHEME: &str = "sqlite:";

impl Sqlite {
    /// Opens the database at a `sqlite:` URL or a path; the schema is looked at by [`stet_store::Store::ready`] and
    /// [`stet_store::Store::migrate`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the file cannot be opened, [`StoreError::Engine`] where it is no database or lives in memory only.
    pub async fn open(url_or_path: &str, options: &SqliteOptions) -> Result<Self, StoreError> {
        let named = |error: sqlx::Error| match classify(error) {
            StoreError::Unavailable { detail, source } => {
                StoreError::Unavailable { detail: format!("{url_or_path}: {detail}"), source }
            }
            StoreError::Engine { detail, source } => {
                StoreError::Engine { detail: format!("{url_or_path}: {detail}"), source }
            }
            other => other,
        };
        let to_write = connect_options(url_or_path, options).map_err(named)?;
        let to_read = to_write.clone().create_if_missing(false).pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new()
            .acquire_timeout(options.busy_timeout)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false);
        let writer = pool.clone().max_connections(1).connect_with(to_write).await.map_err(named)?;
        let readers = options.readers.clamp(1, READERS_MAX);
        let reader = pool.max_connections(readers).connect_with(to_read).await.map_err(named)?;
        Ok(Self { renewer: writer.clone(), writer, reader, named_statements: true })
    }
}

fn connect_options(url_or_path: &str, options: &SqliteOptions) -> Result<SqliteConnectOptions, sqlx::Error> {
    let base = if url_or_path.starts_with(SCHEME) {
        SqliteConnectOptions::from_str(url_or_path)?
    } else {
        SqliteConnectOptions::new().filename(url_or_path)
    };
    let name = base.get_filename().to_string_lossy();
    // Writer and readers would each see a database of their own.
    if name.is_empty() || name == ":memory:" || name.starts_with("file:sqlx-in-memory") {
        return Err(sqlx::Error::Configuration("the database must be a file".into()));
    }
    Ok(base
        .create_if_missing(options.create_if_missing)
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(options.busy_timeout)
        .foreign_keys(true)
        .pragma("cache_size", format!("-{}", options.cache_kib))
        .pragma("mmap_size", (u64::from(options.mmap_mib) * 1024 * 1024).to_string())
        .pragma("temp_store", "MEMORY")
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT_BYTES))
}
