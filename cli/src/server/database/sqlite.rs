//! The embedded file: made where it is not there, private to its owner.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use stet_coord::EveryHint;
use stet_coord::sql::SqliteCoord;
use stet_store::Store;
use stet_store_sql::{Sqlite, SqliteOptions};

use super::{Database, Migrations};
use crate::secrets::make_folder;

/// Opens the file, its schema at this build's.
pub(super) async fn open(path: &str, migrations: Migrations) -> anyhow::Result<Database> {
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
    super::usable(ready, path, &unusable(path))?;
    let coord = Arc::new(SqliteCoord::open(Path::new(path)).await?);
    Ok(Database {
        store: Arc::new(store),
        flights: Arc::clone(&coord) as _,
        cache: Arc::clone(&coord) as _,
        gates: Arc::clone(&coord) as _,
        members: coord,
        runs: Arc::new(EveryHint),
        installation: path.to_owned(),
    })
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
pub(super) async fn migrate(path: &str) -> anyhow::Result<usize> {
    let store = connect(path).await?;
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
