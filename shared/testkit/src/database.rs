//! A database for each test, on the engine of the run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;
use sqlx::AssertSqlSafe;
use stet_coord::redis::{RedisFlights, RedisGates, RedisLink, RedisRunFlights, RedisVersionCache};
use stet_coord::sql::{PostgresCoord, SqliteCoord};
use stet_coord::{EveryHint, Members, ProviderGates, RunFlights, SingleFlight, VersionCache};
use stet_store::Store;
use stet_store_sql::{Sqlite, SqliteOptions};
use tempfile::TempDir;

use crate::postgres::{Login, TempPostgres, Way};
use crate::redis::redis_url;

/// The name under which the test command says which engine a run is about.
const ENGINE: &str = "TEST_ENGINE";

/// A migrated database, which goes with it.
#[derive(Debug)]
pub struct TempDatabase {
    engine: Engine,
}

#[derive(Debug)]
pub(crate) enum Engine {
    File { store: Sqlite, path: PathBuf, _directory: TempDir },
    Server { database: TempPostgres, way: Way, redis: Option<String> },
}

/// What one process has of a database.
#[derive(Clone)]
pub struct Process {
    /// The records.
    pub store: Arc<dyn Store>,
    /// Leads that one process of all takes.
    pub flights: Arc<dyn SingleFlight>,
    /// The providers' lists.
    pub cache: Arc<dyn VersionCache>,
    /// The gates before providers.
    pub gates: Arc<dyn ProviderGates>,
    /// Who works.
    pub members: Arc<dyn Members>,
    /// What is told of doubled hints.
    pub runs: Arc<dyn RunFlights>,
}

impl Process {
    async fn behind(self, url: &str, coord: &PostgresCoord) -> Self {
        let installation = coord.installation().await.expect("the database has a name");
        let link = RedisLink::open(&SecretString::from(url), &installation).await.expect("Redis answers");
        Self {
            flights: Arc::new(RedisFlights::new(link.clone(), self.flights)),
            cache: Arc::new(RedisVersionCache::new(link.clone(), self.cache)),
            gates: Arc::new(RedisGates::new(link.clone(), self.gates)),
            runs: Arc::new(RedisRunFlights::new(link)),
            ..self
        }
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Process")
    }
}

impl TempDatabase {
    /// Makes one on the engine of the run: `TEST_ENGINE` is `sqlite` (also where it is not set), `postgres`, `pooled` for PostgreSQL through a
    /// pooler, or `redis` for PostgreSQL with a Redis in front of what processes agree on.
    ///
    /// # Panics
    /// Where the engine cannot be used: nothing of the test would be true then.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test command tells tests by the environment which engine a run is about"
    )]
    pub async fn open() -> Self {
        match std::env::var(ENGINE).as_deref() {
            Ok("postgres") => Self::server(Way::Straight, None).await,
            Ok("pooled") => Self::server(Way::Pooled, None).await,
            Ok("redis") => Self::behind(redis_url()).await,
            Ok("sqlite") | Err(_) => Self::file().await,
            Ok(other) => panic!("{ENGINE} is {other:?}: sqlite, postgres, pooled or redis"),
        }
    }

    /// Makes a SQLite file, whatever the run is about.
    ///
    /// # Panics
    /// As [`Self::open`].
    pub async fn file() -> Self {
        let directory = tempfile::tempdir().expect("a test may write temporary files");
        let path = directory.path().join("stet.db");
        let store = open_file(&path).await;
        store.migrate().await.expect("a new file migrates");
        Self { engine: Engine::File { store, path, _directory: directory } }
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Makes a PostgreSQL database with that Redis in front of what processes agree on, whatever the run is about.
    ///
    /// # Panics
    /// As [`Self::open`].
    pub async fn behind(redis: String) -> Self {
        Self::server(Way::Straight, Some(redis)).await
    }

    async fn server(way: Way, redis: Option<String>) -> Self {
        Self { engine: Engine::Server { database: TempPostgres::through(way).await, way, redis } }
    }

    /// Connects as a process of its own does.
    ///
    /// # Panics
    /// As [`Self::open`].
    pub async fn process(&self) -> Process {
        match &self.engine {
            Engine::File { path, .. } => {
                let coord = Arc::new(SqliteCoord::open(path).await.expect("the file opens"));
                let store = Arc::new(open_file(path).await);
                Process {
                    store,
                    flights: Arc::clone(&coord) as _,
                    cache: Arc::clone(&coord) as _,
                    gates: Arc::clone(&coord) as _,
                    members: coord,
                    runs: Arc::new(EveryHint),
                }
            }
            Engine::Server { database, way, redis } => {
                let store = database.process(*way, Login::Both).await;
                let coord = Arc::new(PostgresCoord::new(store.pool().clone(), store.named_statements()));
                let process = Process {
                    store: Arc::new(store),
                    flights: Arc::clone(&coord) as _,
                    cache: Arc::clone(&coord) as _,
                    gates: Arc::clone(&coord) as _,
                    members: Arc::clone(&coord) as _,
                    runs: Arc::new(EveryHint),
                };
                match redis {
                    Some(url) => process.behind(url, &coord).await,
                    None => process,
                }
            }
        }
    }

    /// Runs SQL past the port, with all rights.
    ///
    /// # Panics
    /// Where the engine refuses it.
    pub async fn sql(&self, statement: &str) {
        let text = AssertSqlSafe(statement.to_owned());
        let failed = match &self.engine {
            Engine::File { store, .. } => sqlx::query(text).execute(store.writer_pool()).await.err(),
            Engine::Server { database, .. } => sqlx::query(text).execute(database.superuser()).await.err(),
        };
        assert!(failed.is_none(), "{statement}: {failed:?}");
    }

    /// The one number that a query past the port answers.
    ///
    /// # Panics
    /// Where it answers none.
    pub async fn number(&self, query: &str) -> i64 {
        let text = AssertSqlSafe(query.to_owned());
        let answer = match &self.engine {
            Engine::File { store, .. } => sqlx::query_scalar(text).fetch_one(store.reader_pool()).await,
            Engine::Server { database, .. } => sqlx::query_scalar(text).fetch_one(database.superuser()).await,
        };
        answer.unwrap_or_else(|error| panic!("{query}: {error}"))
    }

    /// Where the file is.
    ///
    /// # Panics
    /// Where the database is none: only a test that asked for a file may ask.
    #[must_use]
    pub fn path(&self) -> &Path {
        match &self.engine {
            Engine::File { path, .. } => path,
            Engine::Server { .. } => panic!("the database is no file"),
        }
    }
}

async fn open_file(path: &Path) -> Sqlite {
    let path = path.to_str().expect("temporary paths are text");
    Sqlite::open(path, &SqliteOptions::default()).await.expect("the file opens")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_databases_are_two_files() {
        let (one, two) = (TempDatabase::file().await, TempDatabase::file().await);
        one.process().await.store.ready().await.unwrap();
        assert_ne!(one.path(), two.path());
    }
}
