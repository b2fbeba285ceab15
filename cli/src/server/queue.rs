//! The queue of a fleet, as the settings name it.

use std::sync::Arc;

use anyhow::{Context, bail};
use stet_domain::task::TaskRunner;
use stet_queue::postgres::{PostgresQueue, setup};
use stet_queue::redis::RedisQueue;
use stet_queue::{ApalisTaskRunner, Queue, QueueError};

use crate::settings::{DatabaseUrl, PostgresUrl, Settings};

/// The queue of the settings, usable.
pub(super) async fn open(settings: &Settings, installation: &str) -> anyhow::Result<Arc<dyn Queue>> {
    let DatabaseUrl::Postgres(server) = &settings.database_url else {
        bail!("EXECUTION_MODE is apalis, whose queue is in PostgreSQL: set DATABASE_URL to a server")
    };
    match &settings.redis {
        Some(url) => {
            let queue = RedisQueue::new(&url.0, installation, server.straight())
                .context("the queue's address is none: check REDIS_URL and DATABASE_URL")?;
            tracing::info!(redis = url.shown(), "the queue is in Redis");
            Ok(Arc::new(queue))
        }
        None => Ok(Arc::new(in_postgres(server).await?)),
    }
}

/// Connects to the queue beside the rows, its tables at this build's.
async fn in_postgres(server: &PostgresUrl) -> anyhow::Result<PostgresQueue> {
    let queue = PostgresQueue::new(server.straight())
        .context("the queue's address is none: check DATABASE_URL and DATABASE_DIRECT_URL")?;
    match queue.ready().await {
        Ok(()) => Ok(queue),
        Err(QueueError::NotSetUp) => bail!(
            "{}: the queue's tables are missing or of another build: run `stet migrate` with EXECUTION_MODE=apalis, then start again",
            server.shown()
        ),
        Err(error) => Err(error)
            .context("the queue cannot be used: check DATABASE_DIRECT_URL, which leads past the pooler"),
    }
}

/// Makes the queue's tables, by the direct URL.
pub(super) async fn set_up(server: &PostgresUrl) -> anyhow::Result<()> {
    setup(server.straight()).await.with_context(|| {
        format!(
            "the queue's tables cannot be made on {}: the login has to be one that may act as stet_owner and grant on the database",
            server.shown()
        )
    })
}

/// What rings the queue after a commit.
pub(super) fn runner(queue: Arc<dyn Queue>) -> Arc<dyn TaskRunner> {
    Arc::new(ApalisTaskRunner::new(queue))
}
