//! The system of record, as `DATABASE_URL` names it.

mod postgres;
mod sqlite;

use std::sync::Arc;

use anyhow::{Context, bail};
use stet_coord::{Members, ProviderGates, RunFlights, SingleFlight, VersionCache};
use stet_store::{Store, StoreError};

use super::queue;
use crate::settings::{DatabaseUrl, ExecutionMode, Settings};

/// An open database, with what is kept beside its records.
pub(super) struct Database {
    pub(super) store: Arc<dyn Store>,
    pub(super) flights: Arc<dyn SingleFlight>,
    pub(super) cache: Arc<dyn VersionCache>,
    pub(super) gates: Arc<dyn ProviderGates>,
    pub(super) members: Arc<dyn Members>,
    pub(super) runs: Arc<dyn RunFlights>,
    /// What tells it from others that share a Redis; a file shares none.
    pub(super) installation: String,
}

/// What to do about migrations that have not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Migrations {
    /// Run them: the demo's database is its own.
    Run,
    /// Refuse to start, except on a file that is new.
    Refuse,
}

/// Opens the database of the settings, its schema at this build's.
pub(super) async fn open(settings: &Settings, migrations: Migrations) -> anyhow::Result<Database> {
    match &settings.database_url {
        DatabaseUrl::Sqlite { path } => sqlite::open(path, migrations).await,
        DatabaseUrl::Postgres(server) => postgres::open(server, settings).await,
    }
}

/// Brings the schema up to this build; answers how many migrations ran.
pub(crate) async fn migrate(settings: &Settings) -> anyhow::Result<usize> {
    match &settings.database_url {
        DatabaseUrl::Sqlite { path } => sqlite::migrate(path).await,
        DatabaseUrl::Postgres(server) => {
            let ran = postgres::migrate(server).await?;
            // A queue in Redis needs no tables.
            if settings.execution_mode == ExecutionMode::Apalis && settings.redis.is_none() {
                queue::set_up(server).await?;
            }
            Ok(ran)
        }
    }
}

/// Refuses a database that is not at this build's schema, or does not answer.
fn usable(ready: Result<(), StoreError>, name: &str, unusable: &str) -> anyhow::Result<()> {
    match ready {
        Ok(()) => Ok(()),
        Err(StoreError::PendingMigrations { pending }) => {
            bail!("{name}: migrations are pending ({pending}): run `stet migrate`, then start again")
        }
        Err(error) => Err(error).with_context(|| unusable.to_owned()),
    }
}
