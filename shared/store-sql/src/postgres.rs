//! PostgreSQL 15 and later: a server, any number of processes and machines on it (docs/decisions/0011-postgres.md).

mod failure;
mod migrating;
mod open;
mod options;
mod privileges;
mod queries;
mod told;

// The body is compiled once per engine, against the names below.
#[path = "body/mod.rs"]
mod body;

pub use options::PostgresOptions;
pub use privileges::Privileges;

use failure::{classify, is_cut_off};
use migrating::begin_migrations;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use told::Told;

type Db = sqlx::Postgres;
type Row = sqlx::postgres::PgRow;
type Engine = Postgres;

static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Each statement sees what was committed before it; rows that are to stand still are locked.
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// A snapshot from the first read on.
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Tells the policies of row level security which org acts, until the transaction ends.
const SCOPE_TO_READ: Option<&str> = Some(queries::SCOPE_TO_READ);

/// The same for a transaction that writes, with how its statements are planned.
const SCOPE_TO_WRITE: Option<&str> = Some(queries::SCOPE_TO_WRITE);

/// The gates of the batches that a claim is from: a pause waits at them for its turn, and claims of a batch with a bound come one after the other.
const BEFORE_CLAIM: Option<&str> = Some(queries::HOLD_BOUNDED_BATCHES);

/// A claim begins the attempts of what it claims, and answers all that the claimant needs, in one statement.
const CLAIMS_WHOLE: bool = true;

/// The gates of the batches that a commit is about to pause: who calls one off takes its gate before its counters, too.
const BEFORE_PAUSE: Option<&str> = Some(queries::HOLD_GATES);

/// Batches whose cells have all ended as it seems: what a completion goes by is read once they are held.
const BEFORE_COMPLETION: Option<&str> = Some(queries::HOLD_FULL_BATCHES);

/// What a table's rows are is learnt as they grow: plans are kept with their connections.
const LEARN_SIZES: Option<&str> = Some(queries::LEARN_SIZES);

/// A PostgreSQL server, through a pooler or not.
///
/// Cloning is cheap and shares the connections.
#[derive(Debug, Clone)]
pub struct Postgres {
    writer: PgPool,
    reader: PgPool,
    /// For renewals of leases alone: they must not wait behind work (reliability.md rule 3).
    renewer: PgPool,
    /// Straight to the server, for migrations.
    direct: PgPool,
    /// Whether statements may be prepared by name on this way to the server.
    named_statements: bool,
}

impl Postgres {
    /// The pool that work goes through, for adapters that keep rows beside the store's own.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.writer
    }

    /// Whether statements are prepared by name; `false` where the pooler does not carry that (reliability.md rule 11).
    #[must_use]
    pub const fn named_statements(&self) -> bool {
        self.named_statements
    }

    /// Closes every connection.
    pub async fn close(&self) {
        for pool in [&self.writer, &self.reader, &self.renewer, &self.direct] {
            pool.close().await;
        }
    }
}
