//! The port on SQL engines; SQLite for one machine. The tables come with the store's migrations.

mod flight;
mod version_cache;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use crate::CoordError;

/// Connections of one process: coordination is rare and short.
const MAX_CONNECTIONS: u32 = 2;

/// How long a statement waits for the file's writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Coordination over one SQLite file, shared by every process that opens it.
#[derive(Debug, Clone)]
pub struct SqliteCoord {
    pool: SqlitePool,
}

impl SqliteCoord {
    /// Opens the file with a small pool of its own; the schema must be there already.
    ///
    /// # Errors
    /// [`CoordError`] where the file cannot be opened.
    pub async fn open(path: &Path) -> Result<Self, CoordError> {
        let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT);
        let pool = SqlitePoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .connect_with(options)
            .await
            .map_err(|error| failed("opening the file", error))?;
        Ok(Self { pool })
    }

    /// Coordination over a pool that is open already.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Closes the pool and waits for its connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn failed(what: &'static str, error: sqlx::Error) -> CoordError {
    CoordError { what, detail: error.to_string(), source: Some(Box::new(error)) }
}

/// A duration for a column of microseconds.
fn micros(ms: u64) -> i64 {
    i64::try_from(ms.saturating_mul(1000)).unwrap_or(i64::MAX / 4)
}
