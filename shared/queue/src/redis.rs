//! The queue on apalis-redis: lists that may be emptied at any moment.
//!
//! The library fetches, acknowledges and keeps workers apart. What it does by the clock of a process, without a bound or not at all is done here: pushing (at
//! once, not into its set of scheduled tasks, which it takes apart in one piece), clearing away, and waking who listens.

mod keys;
mod listen;
mod prune;
mod push;

use std::time::Duration;

use async_trait::async_trait;
use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use stet_domain::bell::{Bell, BellError, Heard};
use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_domain::metric::Metric;
use stet_domain::trace::TraceParent;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::hint::Hint;
use crate::listen::Hearing;
use crate::{Pulse, Queue, QueueError, letters, postgres};
use keys::Keys;

/// How long the library's own commands may take: it takes an error for the end of its worker (reliability.md, "as measured").
const ANSWER: Duration = Duration::from_secs(30);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(2);

/// How long a ring, a count or one round of clearing away may take: a caller that has committed waits for the first.
const DONE_WITHIN: Duration = Duration::from_secs(2);

/// Connections to the rows, for dead letters, and how long one of them is waited for.
const ROW_CONNECTIONS: u32 = 2;
const ROW_ACQUIRE: Duration = Duration::from_secs(4);

/// A queue in Redis; dead letters go to the rows.
#[derive(Clone)]
pub struct RedisQueue {
    client: Client,
    connection: ConnectionManager,
    keys: Keys,
    rows: PgPool,
}

impl RedisQueue {
    /// A queue in the Redis at `url`, whose keys name the installation, beside the rows at `direct`; both are connected to when they are first used.
    ///
    /// # Errors
    /// [`QueueError::RedisAddress`] or [`QueueError::Address`].
    pub fn new(url: &SecretString, installation: &str, direct: &SecretString) -> Result<Self, QueueError> {
        let client = Client::open(url.expose_secret()).map_err(QueueError::RedisAddress)?;
        let config = ConnectionManagerConfig::new()
            .set_response_timeout(Some(ANSWER))
            .set_connection_timeout(Some(CONNECT))
            .set_max_delay(CONNECT)
            .set_number_of_retries(2);
        let connection = ConnectionManager::new_lazy_with_config(client.clone(), config)
            .map_err(QueueError::RedisAddress)?;
        let rows = PgPoolOptions::new()
            .max_connections(ROW_CONNECTIONS)
            .acquire_timeout(ROW_ACQUIRE)
            .connect_lazy_with(postgres::options(direct)?);
        Ok(Self { client, connection, keys: Keys::of(installation), rows })
    }
}

/// What is done within the bound.
async fn in_time<T>(done: impl Future<Output = Result<T, redis::RedisError>>) -> Result<T, QueueError> {
    match tokio::time::timeout(DONE_WITHIN, done).await {
        Ok(done) => Ok(done?),
        Err(_elapsed) => Err(QueueError::RedisLate { limit_ms: DONE_WITHIN.as_millis() }),
    }
}

#[async_trait]
impl Bell for RedisQueue {
    async fn ring(&self, runs: &[(OrgId, RunId)], trace: Option<&TraceParent>) -> Result<(), BellError> {
        let hints = Hint::over(runs, trace);
        in_time(push::push(self.connection.clone(), &self.keys, &hints)).await?;
        metrics::counter!(Metric::HintsRung.name()).increment(hints.len() as u64);
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, BellError> {
        Ok(in_time(push::waiting(self.connection.clone(), &self.keys)).await?)
    }

    async fn prune(&self) -> Result<u64, BellError> {
        let removed = prune::prune(&self.connection, &self.keys).await?;
        Ok(removed + letters::prune(&self.rows).await?)
    }
}

#[async_trait]
impl Queue for RedisQueue {
    async fn listen(
        &self,
        process: &Incarnation,
        hints: mpsc::Sender<Heard>,
        pulse: Pulse,
        stop: CancellationToken,
    ) {
        let hearing = Hearing { process, hints, pulse, stop, rows: self.rows.clone() };
        hearing.keep(|context, ear| self.listener(context, ear)).await;
    }
}

impl std::fmt::Debug for RedisQueue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisQueue").field("keys", &self.keys).finish_non_exhaustive()
    }
}
