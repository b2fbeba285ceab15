//! Opening the database.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use stet_store::{Store, StoreError};
use stet_store_sql::{Sqlite, SqliteOptions};

use crate::secrets::make_folder;
use crate::settings::Settings;

/// What to do about migrations that have not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Migrations {
    /// Run them: the demo's database is its own.
    Run,
    /// Refuse to start, except on a database that is new.
    Refuse,
}

/// Opens the database of the settings, its schema at this build's.
pub(crate) async fn open(settings: &Settings, migrations: Migrations) -> anyhow::Result<Arc<Sqlite>> {
    let path = path(settings);
    let is_new = !Path::new(path).exists();
    let store = connect(path).await?;
    if is_new || migrations == Migrations::Run {
        run_migrations(&store).await?;
    }
    match store.ready().await {
        Ok(()) => Ok(Arc::new(store)),
        Err(StoreError::PendingMigrations { pending }) => {
            bail!("{path}: {pending} migrations are pending: run `stet migrate`, then start again")
        }
        Err(error) => Err(error).with_context(|| unusable(path)),
    }
}

/// Brings the schema up to this build; answers how many migrations ran.
pub(crate) async fn migrate(settings: &Settings) -> anyhow::Result<usize> {
    run_migrations(&connect(path(settings)).await?).await
}

async fn run_migrations(store: &Sqlite) -> anyhow::Result<usize> {
    store.migrate().await.context("the migrations cannot be run")
}

async fn connect(path: &str) -> anyhow::Result<Sqlite> {
    if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    Sqlite::open(path, &SqliteOptions::default()).await.with_context(|| unusable(path))
}

fn unusable(path: &str) -> String {
    format!("the database {path} cannot be used: check DATABASE_URL and the file's permissions")
}

/// The file behind `sqlite://`, as the setting's check has it.
pub(super) fn path(settings: &Settings) -> &str {
    settings.database_url.strip_prefix("sqlite://").unwrap_or(&settings.database_url)
}
