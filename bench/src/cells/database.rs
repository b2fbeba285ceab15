//! The database of one round: a SQLite file, or a database of its own on a PostgreSQL server.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, ensure};
use stet_coord::sql::{PostgresCoord, SqliteCoord};
use stet_coord::{Members, ProviderGates, SingleFlight, VersionCache};
use stet_store::Store;
use stet_store_sql::{Postgres, PostgresOptions, Sqlite, SqliteOptions};
use tempfile::TempDir;

use super::RoundOptions;
use super::fleet::{Fleet, QueueKind};
use crate::process::{family_cpu_seconds, parent};

/// The login of the measured process: a member of the roles, bound by every policy.
const LOGIN: &str = "stet_bench";

/// Every port over one database.
pub(super) struct Ports {
    pub(super) store: Arc<dyn Store>,
    pub(super) flights: Arc<dyn SingleFlight>,
    pub(super) cache: Arc<dyn VersionCache>,
    pub(super) gates: Arc<dyn ProviderGates>,
    pub(super) members: Arc<dyn Members>,
}

/// A database with its ports, which goes with it, and the queue of a fleet over it where there is one.
pub(super) struct Database {
    pub(super) ports: Ports,
    pub(super) fleet: Option<Fleet>,
    kind: Kind,
}

enum Kind {
    File { store: Sqlite, folder: TempDir },
    Server(Server),
}

/// A database on a server.
pub(super) struct Server {
    store: Postgres,
    /// Of a superuser, to a database that stands.
    admin: String,
    name: String,
}

impl Database {
    /// A new one with the schema of this build.
    pub(super) async fn open(options: &RoundOptions) -> anyhow::Result<Self> {
        match &options.postgres {
            None => {
                ensure!(
                    options.queue == QueueKind::None,
                    "a fleet's queue is measured on PostgreSQL: name it by --postgres"
                );
                Self::file(options).await
            }
            Some(admin) => Self::server(admin, options).await,
        }
    }

    async fn file(options: &RoundOptions) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&options.dir)?;
        let path = folder.path().join("stet.db");
        let name = path.to_str().context("the folder's name is no UTF-8")?;
        let store = Sqlite::open(name, &SqliteOptions::default()).await?;
        store.migrate().await?;
        let coord = Arc::new(SqliteCoord::open(&path).await?);
        let ports = Ports {
            store: Arc::new(store.clone()),
            flights: Arc::clone(&coord) as _,
            cache: Arc::clone(&coord) as _,
            gates: Arc::clone(&coord) as _,
            members: coord,
        };
        Ok(Self { ports, fleet: None, kind: Kind::File { store, folder } })
    }

    async fn server(admin: &str, options: &RoundOptions) -> anyhow::Result<Self> {
        let name = format!("stet_bench_{}", std::process::id());
        psql(admin, &format!("CREATE DATABASE {name}"))?;
        let own = with_database(admin, &name)?;
        let owner = Postgres::open(&own, None, &PostgresOptions::default()).await?;
        owner.migrate().await?;
        owner.close().await;
        let login = format!(
            "DO $$ BEGIN
                IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{LOGIN}') THEN
                    CREATE ROLE {LOGIN} LOGIN PASSWORD '{LOGIN}' IN ROLE stet_api, stet_worker;
                END IF;
            END $$"
        );
        psql(&own, &login)?;
        let address = as_login(&own)?;
        let store = Postgres::open(&address, Some(&own), &PostgresOptions::default()).await?;
        let coord = Arc::new(PostgresCoord::new(store.pool().clone(), store.named_statements()));
        let ports = Ports {
            store: Arc::new(store.clone()),
            flights: Arc::clone(&coord) as _,
            cache: Arc::clone(&coord) as _,
            gates: Arc::clone(&coord) as _,
            members: coord,
        };
        let (fleet, ports) = match options.queue {
            QueueKind::None => (None, ports),
            QueueKind::Postgres => (Some(Fleet::in_postgres(&own, &address).await?), ports),
            QueueKind::Redis => {
                let url = options.redis.as_deref().context("--queue redis needs --redis")?;
                let (fleet, ports) = Fleet::in_redis(url, &name, &address, ports).await?;
                (Some(fleet), ports)
            }
        };
        Ok(Self { ports, fleet, kind: Kind::Server(Server { store, admin: admin.to_owned(), name }) })
    }

    /// The server, where it is one.
    pub(super) const fn as_server(&self) -> Option<&Server> {
        match &self.kind {
            Kind::File { .. } => None,
            Kind::Server(server) => Some(server),
        }
    }

    /// CPU seconds that its server has used so far; `None` where there is none, or where it is elsewhere.
    pub(super) fn server_cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        self.as_server().map_or(Ok(None), Server::cpu_seconds)
    }

    /// CPU seconds that the fleet's Redis has used so far; `None` where there is none.
    pub(super) fn redis_cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        self.fleet.as_ref().map_or(Ok(None), Fleet::redis_cpu_seconds)
    }

    /// Its size with its log, as far as that is its own.
    pub(super) fn size_mib(&self) -> anyhow::Result<f64> {
        let kib = match &self.kind {
            Kind::File { folder, .. } => {
                let mut kib = 0;
                for entry in std::fs::read_dir(folder.path())? {
                    kib += entry?.metadata()?.len() / 1024;
                }
                kib
            }
            Kind::Server(server) => {
                server.psql("SELECT pg_database_size(current_database()) / 1024")?.parse()?
            }
        };
        Ok(f64::from(u32::try_from(kib)?) / 1024.0)
    }

    /// Closes and removes it.
    pub(super) async fn close(self) -> anyhow::Result<()> {
        match self.kind {
            Kind::File { store, folder } => {
                store.close().await;
                Ok(folder.close()?)
            }
            Kind::Server(Server { store, admin, name }) => {
                store.close().await;
                psql(&admin, &format!("DROP DATABASE {name} WITH (FORCE)")).map(drop)
            }
        }
    }
}

impl Server {
    /// CPU seconds that the server has used so far; `None` where it is on another machine.
    pub(super) fn cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        // The checkpointer lives as long as the server, which is its parent.
        let child = self.psql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")?;
        Ok(parent(child.parse()?).and_then(family_cpu_seconds))
    }

    /// The superuser's address of the database.
    pub(super) fn url(&self) -> anyhow::Result<String> {
        with_database(&self.admin, &self.name)
    }

    /// What a statement of the superuser answers.
    pub(super) fn psql(&self, statement: &str) -> anyhow::Result<String> {
        psql(&self.url()?, statement)
    }
}

fn psql(url: &str, statement: &str) -> anyhow::Result<String> {
    let output = Command::new("psql")
        .args(["-XqtA", "-v", "ON_ERROR_STOP=1", "-c", statement, url])
        .output()
        .context("psql cannot be started: it comes with PostgreSQL")?;
    ensure!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The address of another database on the same server.
fn with_database(url: &str, name: &str) -> anyhow::Result<String> {
    let (server, _) = url.rsplit_once('/').context("the address names no database")?;
    Ok(format!("{server}/{name}"))
}

fn as_login(url: &str) -> anyhow::Result<String> {
    let (_, place) = url.rsplit_once('@').context("the address names no user")?;
    Ok(format!("postgres://{LOGIN}:{LOGIN}@{place}"))
}
