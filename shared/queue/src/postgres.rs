//! The queue on apalis-postgres: its tables beside the rows, in a schema of their own.

mod listen;
mod prune;
mod push;
mod setup;

use std::str::FromStr as _;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use stet_domain::bell::{Bell, BellError, Heard};
use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_domain::metric::Metric;
use stet_domain::trace::TraceParent;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::hint::Hint;
use crate::listen::Hearing;
use crate::{Pulse, Queue, QueueError};

pub use setup::setup;

/// Connections of one process to its queue: one listens for notifications, the others are used for a moment each.
const CONNECTIONS: u32 = 4;

/// How long a caller waits for one of them.
const ACQUIRE: Duration = Duration::from_secs(4);

/// A queue in the system of record's own database. It goes past any pooler: it listens for notifications.
#[derive(Debug, Clone)]
pub struct PostgresQueue {
    pool: PgPool,
}

impl PostgresQueue {
    /// A queue at the address of the server itself (`DATABASE_DIRECT_URL`); it is connected to when it is first used.
    ///
    /// # Errors
    /// [`QueueError::Address`].
    pub fn new(direct: &SecretString) -> Result<Self, QueueError> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .connect_lazy_with(options(direct)?);
        Ok(Self { pool })
    }

    /// Whether the queue answers and its tables are this build's.
    ///
    /// # Errors
    /// [`QueueError::NotSetUp`], or what else is wrong.
    pub async fn ready(&self) -> Result<(), QueueError> {
        setup::check(&self.pool).await
    }

    /// Closes every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[async_trait]
impl Bell for PostgresQueue {
    async fn ring(&self, runs: &[(OrgId, RunId)], trace: Option<&TraceParent>) -> Result<(), BellError> {
        let hints = Hint::over(runs, trace);
        let count = hints.len() as u64;
        // In a task of its own: a caller that goes away must not leave a transaction open on the connection (docs/decisions/0011-postgres.md).
        let pool = self.pool.clone();
        let pushed = tokio::spawn(async move { push::push(&pool, hints).await });
        pushed.await.map_err(QueueError::from)??;
        metrics::counter!(Metric::HintsRung.name()).increment(count);
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, BellError> {
        Ok(push::waiting(&self.pool).await?)
    }

    async fn prune(&self) -> Result<u64, BellError> {
        Ok(prune::prune(&self.pool).await?)
    }
}

#[async_trait]
impl Queue for PostgresQueue {
    async fn listen(
        &self,
        process: &Incarnation,
        hints: mpsc::Sender<Heard>,
        pulse: Pulse,
        stop: CancellationToken,
    ) {
        let hearing = Hearing { process, hints, pulse, stop, rows: self.pool.clone() };
        hearing.keep(|context, ear| self.listener(context, ear)).await;
    }
}

/// The library's types are found by the search path, which only a connection to the server itself may set.
pub(crate) fn options(direct: &SecretString) -> Result<PgConnectOptions, QueueError> {
    let options = PgConnectOptions::from_str(direct.expose_secret()).map_err(QueueError::Address)?;
    Ok(options.application_name("stet-queue").options([("search_path", "apalis,public")]))
}
