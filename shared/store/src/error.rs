//! What can go wrong below the port.

/// A failure of the storage engine; "not found" is no error, operations decide it from an `Option`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine cannot serve now: a lock wait ran out, no connection, disk full. Trying again may help.
    #[error("the database is unavailable: {detail}")]
    Unavailable {
        /// What the engine said.
        detail: String,
        /// The engine's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A unique key stands already: another transaction wrote the same thing first.
    #[error("{what} exists already")]
    Conflict {
        /// The key that clashed.
        what: String,
    },
    /// A row holds what no version of Stet writes.
    #[error("the stored {what} cannot be read: {detail}")]
    Corrupt {
        /// The column and row.
        what: String,
        /// Why it is unreadable.
        detail: String,
    },
    /// The schema is older than this build.
    #[error("migrations are pending ({pending}): run `stet migrate`")]
    PendingMigrations {
        /// How many.
        pending: usize,
    },
    /// The schema is newer than this build, and no longer serves it.
    #[error(
        "the database has migration {version}, which this build does not know, and serves builds from migration {least} on: run a newer `stet`"
    )]
    NewerSchema {
        /// The first unknown migration.
        version: i64,
        /// What the newest migration of a build has to be, at least.
        least: i64,
    },
    /// Anything else the engine says.
    #[error("the database failed: {detail}")]
    Engine {
        /// What the engine said.
        detail: String,
        /// The engine's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
