//! SQLite: one file, one writer, many readers (docs/decisions/0003-sqlite-tuning.md).

mod failure;
mod open;
mod options;
mod queries;
mod told;

// The body is compiled once per engine, against the names below.
#[path = "body/mod.rs"]
mod body;

pub use options::SqliteOptions;

use failure::{classify, is_cut_off};
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use stet_store::StoreError;
use told::Told;

type Db = sqlx::Sqlite;
type Row = sqlx::sqlite::SqliteRow;
type Engine = Sqlite;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/sqlite");

/// Takes the write lock at once: a read that becomes a write later would fail where another has written between.
const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// A snapshot from the first read on.
const BEGIN_READ: &str = "BEGIN DEFERRED";

/// There are no policies: every statement takes the org, and plans come from the schema alone.
const SCOPE_TO_READ: Option<&str> = None;

/// The same for a transaction that writes.
const SCOPE_TO_WRITE: Option<&str> = None;

/// One writer: nothing changes under an open claim.
const BEFORE_CLAIM: Option<&str> = None;

/// No statement changes two tables here.
const CLAIMS_WHOLE: bool = false;

/// With one writer nobody meets crosswise.
const BEFORE_PAUSE: Option<&str> = None;

/// With one writer nothing changes between a look and what follows from it.
const BEFORE_COMPLETION: Option<&str> = None;

/// Plans are made by what indexes there are, whatever the tables hold.
const LEARN_SIZES: Option<&str> = None;

/// The embedded database: one file in WAL mode, which several processes of one machine may share.
///
/// Cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub struct Sqlite {
    writer: SqlitePool,
    reader: SqlitePool,
    /// Renewals take their turn on the one connection that writes.
    renewer: SqlitePool,
    named_statements: bool,
}

/// A transaction that holds the one write lock, so that of two migrators one finds the work done.
async fn begin_migrations(engine: &Sqlite) -> Result<sqlx::Transaction<'static, Db>, StoreError> {
    engine.writer.begin_with(BEGIN_WRITE).await.map_err(classify)
}

impl Sqlite {
    /// The pool of the one connection that writes, for adapters that keep rows beside the store's own.
    #[must_use]
    pub fn writer_pool(&self) -> &SqlitePool {
        &self.writer
    }

    /// The pool of connections that only read.
    #[must_use]
    pub fn reader_pool(&self) -> &SqlitePool {
        &self.reader
    }

    /// Closes every connection; what was committed is in the file.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
