//! Opening the database.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
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
    if !Path::new(path).exists() {
        make(path).await?;
    }
    let store = connect(path).await?;
    if migrations == Migrations::Run {
        run_migrations(&store).await?;
    }
    let ready = store.ready().await;
    if ready.is_err() {
        // In order, so that the log is written back: a start that is refused leaves nothing behind.
        store.close().await;
    }
    match ready {
        Ok(()) => Ok(Arc::new(store)),
        Err(StoreError::PendingMigrations { pending }) => {
            bail!("{path}: migrations are pending ({pending}): run `stet migrate`, then start again")
        }
        Err(error) => Err(error).with_context(|| unusable(path)),
    }
}

/// Makes a database under another name and gives it its own when it is whole: a process that dies on its first start leaves none that the
/// next start would refuse.
async fn make(path: &str) -> anyhow::Result<()> {
    let draft = format!("{path}.{}.draft", std::process::id());
    let made = async {
        make_private(&draft)?;
        let store = connect(&draft).await?;
        let ran = run_migrations(&store).await;
        store.close().await;
        ran?;
        match std::fs::hard_link(&draft, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(error).with_context(|| unusable(path))
            }
            // Of two processes that start at once the other was faster: its database is as good.
            Ok(()) | Err(_) => Ok(()),
        }
    };
    let made = made.await;
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(format!("{draft}{suffix}")) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "{draft}{suffix} cannot be removed");
            }
            Ok(()) | Err(_) => {}
        }
    }
    made
}

/// An empty file that only its owner reads: prompts and answers go into it, and SQLite gives its side files the same mode.
fn make_private(path: &str) -> anyhow::Result<()> {
    if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let made = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    made.map(drop).with_context(|| unusable(path))
}

/// Brings the schema up to this build; answers how many migrations ran.
pub(crate) async fn migrate(settings: &Settings) -> anyhow::Result<usize> {
    let store = connect(path(settings)).await?;
    let ran = run_migrations(&store).await;
    store.close().await;
    ran
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
