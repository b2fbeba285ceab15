//! What tells a worker of due cells: its own look at the rows, or a fleet's queue beside them.

use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::ValueEnum;
use secrecy::SecretString;
use stet_coord::redis::{RedisFlights, RedisGates, RedisLink, RedisRunFlights, RedisVersionCache};
use stet_coord::{EveryHint, RunFlights};
use stet_queue::Queue;
use stet_queue::postgres::{PostgresQueue, setup};
use stet_queue::redis::RedisQueue;

use super::database::Ports;

/// Where hints wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum QueueKind {
    /// Nowhere: one process, as in `EXECUTION_MODE=sync`.
    #[default]
    None,
    /// In apalis-postgres, as in `EXECUTION_MODE=apalis`: beside the worker its listener and a scheduler.
    Postgres,
    /// In apalis-redis, with Redis in front of what processes agree on, as in `USE_REDIS=true`.
    Redis,
}

impl QueueKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        }
    }
}

/// A fleet's queue, and what refuses hints that are doubled.
pub(super) struct Fleet {
    pub(super) queue: Arc<dyn Queue>,
    pub(super) runs: Arc<dyn RunFlights>,
    redis: Option<String>,
}

impl Fleet {
    /// The queue in tables beside the rows, made by the owner.
    pub(super) async fn in_postgres(owner: &str, login: &str) -> anyhow::Result<Self> {
        setup(&SecretString::from(owner)).await?;
        let queue = PostgresQueue::new(&SecretString::from(login))?;
        queue.ready().await?;
        Ok(Self { queue: Arc::new(queue), runs: Arc::new(EveryHint), redis: None })
    }

    /// The queue in a Redis, which is put in front of the ports as well.
    pub(super) async fn in_redis(
        url: &str,
        installation: &str,
        login: &str,
        ports: Ports,
    ) -> anyhow::Result<(Self, Ports)> {
        let address = SecretString::from(url);
        let link = RedisLink::open(&address, installation).await?;
        let queue = RedisQueue::new(&address, installation, &SecretString::from(login))?;
        let runs = Arc::new(RedisRunFlights::new(link.clone()));
        let ports = Ports {
            flights: Arc::new(RedisFlights::new(link.clone(), ports.flights)),
            cache: Arc::new(RedisVersionCache::new(link.clone(), ports.cache)),
            gates: Arc::new(RedisGates::new(link, ports.gates)),
            ..ports
        };
        Ok((Self { queue: Arc::new(queue), runs, redis: Some(url.to_owned()) }, ports))
    }

    /// CPU seconds that its Redis has used so far; `None` where it has none.
    pub(super) fn redis_cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        let Some(url) = &self.redis else { return Ok(None) };
        let output = Command::new("redis-cli")
            .args(["-u", url, "info", "cpu"])
            .output()
            .context("redis-cli cannot be started: it comes with Redis")?;
        ensure!(output.status.success(), "redis-cli: {}", String::from_utf8_lossy(&output.stderr).trim());
        let said = String::from_utf8(output.stdout)?;
        let seconds = |name: &str| -> anyhow::Result<f64> {
            let value = said.lines().find_map(|line| line.strip_prefix(name));
            Ok(value.with_context(|| format!("Redis tells no {name}"))?.trim().parse()?)
        };
        Ok(Some(seconds("used_cpu_sys:")? + seconds("used_cpu_user:")?))
    }
}
