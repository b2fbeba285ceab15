//! The queue of a fleet, as the settings name it.

use std::sync::Arc;

use anyhow::{Context, bail};
use stet_domain::task::TaskRunner;
use stet_queue::postgres::{PostgresQueue, setup};
use stet_queue::{ApalisTaskRunner, QueueError};

use crate::settings::{DatabaseUrl, PostgresUrl, Settings};

/// Connects to the queue, its tables at this build's.
pub(super) async fn open(settings: &Settings) -> anyhow::Result<PostgresQueue> {
    let DatabaseUrl::Postgres(server) = &settings.database_url else {
        bail!("EXECUTION_MODE is apalis, whose queue is in PostgreSQL: set DATABASE_URL to a server")
    };
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
pub(super) fn runner(queue: &PostgresQueue) -> Arc<dyn TaskRunner> {
    Arc::new(ApalisTaskRunner::new(Arc::new(queue.clone())))
}
