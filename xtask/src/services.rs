//! The servers that tests need: started on free ports with data of their own, told to the tests by the environment, stopped and removed at the end.

mod account;
mod pgbouncer;
mod postgres;
mod redis;

use std::process::{Child, Command};

pub(crate) use account::own;
use anyhow::Context;
use pgbouncer::PgBouncer;
use postgres::Commits;
pub(crate) use postgres::{DATA, Postgres};
pub(crate) use redis::Redis;

use crate::shell;

/// Connections of the pooler to the server for each user and database: few enough that callers share them, enough for the suite's own concurrency.
const POOL: u32 = 8;

/// And of the pooler that tests of tenancy squeeze through.
const NARROW_POOL: u32 = 2;

/// A PostgreSQL server that keeps its promises, for measurements.
pub(crate) struct DurableServer(Postgres);

impl DurableServer {
    /// Installs what is missing, and starts it.
    pub(crate) fn start() -> anyhow::Result<Self> {
        Ok(Self(Postgres::start(Commits::Durable)?))
    }

    /// Its superuser's address.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.0.port())
    }
}

/// Every server, running.
pub(crate) struct Services {
    // Dropped in this order: the poolers before what they lead to.
    pooler: PgBouncer,
    narrow: PgBouncer,
    postgres: Postgres,
    redis: Redis,
}

impl Services {
    /// Installs what is missing, and starts everything.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let postgres = Postgres::start(Commits::Early)?;
        let pooler = PgBouncer::start(postgres.port(), POOL)?;
        let narrow = PgBouncer::start(postgres.port(), NARROW_POOL)?;
        let redis = Redis::start()?;
        println!(
            "services: PostgreSQL on port {}, PgBouncer on {} and {}, Redis on {}",
            postgres.port(),
            pooler.port(),
            narrow.port(),
            redis.port()
        );
        Ok(Self { pooler, narrow, postgres, redis })
    }

    /// Tells a command where they are.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env("TEST_POSTGRES_PORT", self.postgres.port().to_string());
        command.env("TEST_POSTGRES_PROGRAMS", self.postgres.programs());
        command.env("TEST_POSTGRES_ACCOUNT", account::other().unwrap_or_default());
        command.env("TEST_PGBOUNCER_PORT", self.pooler.port().to_string());
        command.env("TEST_PGBOUNCER_NARROW_PORT", self.narrow.port().to_string());
        command.env("TEST_REDIS_PORT", self.redis.port().to_string());
    }
}

/// Runs a command with every server beside it.
pub(crate) fn run(command: &[String]) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("a command is needed")?;
    let services = Services::start()?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut command = shell::command(program, &arguments);
    services.tell(&mut command);
    shell::run_command(command)
}

/// Ends a server by a signal and waits for it.
fn stop(server: &mut Child, signal: &str) {
    let told = Command::new("kill").args([format!("-{signal}"), server.id().to_string()]).status();
    let ended = match told {
        Ok(status) if status.success() => server.wait().map(drop),
        Ok(_) | Err(_) => server.kill().and_then(|()| server.wait()).map(drop),
    };
    if let Err(error) = ended {
        eprintln!("a server could not be stopped: {error}");
    }
}
