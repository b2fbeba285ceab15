//! SQLite: rows of one file.

// The body is compiled once per engine, against the names below.
#[path = "body/mod.rs"]
mod body;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

use super::{failed, micros};
use crate::CoordError;

type Db = sqlx::Sqlite;
type Engine = SqliteCoord;

mod queries {
    pub(super) const ADD_MEMBER: &str = include_str!("queries/add_member.sqlite.sql");
    pub(super) const ADD_SLOTS: &str = include_str!("queries/add_slots.sql");
    pub(super) const ADVANCE_GATE: &str = include_str!("queries/advance_gate.sql");
    pub(super) const BLOCK_GATE: &str = include_str!("queries/block_gate.sqlite.sql");
    pub(super) const HOLD_GATE: &str = include_str!("queries/hold_gate.sqlite.sql");
    pub(super) const KEEP_MEMBER: &str = include_str!("queries/keep_member.sqlite.sql");
    pub(super) const KEEP_SLOTS: &str = include_str!("queries/keep_slots.sql");
    pub(super) const LEAVE_FLEET: &str = include_str!("queries/leave_fleet.sqlite.sql");
    pub(super) const LIVING_SLOTS: &str = include_str!("queries/living_slots.sql");
    pub(super) const READ_GATES: &str = include_str!("queries/read_gates.sqlite.sql");
    pub(super) const READ_MEMBERS: &str = include_str!("queries/read_members.sqlite.sql");
    pub(super) const READ_VERSIONS: &str = include_str!("queries/read_versions.sqlite.sql");
    pub(super) const RELEASE: &str = include_str!("queries/release.sqlite.sql");
    pub(super) const RENEW_VERSIONS: &str = include_str!("queries/renew_versions.sqlite.sql");
    pub(super) const TAKE_MEMBER: &str = include_str!("queries/take_member.sqlite.sql");
    pub(super) const TRY_LEAD: &str = include_str!("queries/try_lead.sqlite.sql");
    pub(super) const WRITE_VERSIONS: &str = include_str!("queries/write_versions.sqlite.sql");
}

/// Connections of one process: coordination is rare and short.
const MAX_CONNECTIONS: u32 = 2;

/// How long a statement waits for the file's writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Coordination over one SQLite file, shared by every process that opens it.
#[derive(Debug, Clone)]
pub struct SqliteCoord {
    pool: SqlitePool,
    named_statements: bool,
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
        Ok(Self::new(pool))
    }

    /// Coordination over a pool that is open already.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool, named_statements: true }
    }

    /// Closes the pool and waits for its connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
