//! Hints, put into the queue and counted there.

use apalis::prelude::TaskBuilder;
use apalis_postgres::queries::push_tasks;
use sqlx::PgPool;

use crate::{QUEUE, QueueError};

const DATABASE_SECOND: &str = include_str!("../../queries/database_second.sql");
const COUNT_WAITING: &str = include_str!("../../queries/count_waiting.sql");

/// Puts payloads into the queue, due at once, each to be tried once.
pub(super) async fn push(pool: &PgPool, payloads: Vec<Vec<u8>>) -> Result<(), QueueError> {
    if payloads.is_empty() {
        return Ok(());
    }
    let mut tx = pool.begin().await?;
    // The library would take this machine's clock for when they are due, and the database compares it with its own (reliability.md rule 9).
    let second: i64 = sqlx::query_scalar(DATABASE_SECOND).fetch_one(&mut *tx).await?;
    let second = u64::try_from(second).unwrap_or(0);
    let task = |payload| TaskBuilder::new(payload).max_attempts(1).run_at_timestamp(second).build();
    push_tasks(&mut *tx, QUEUE, payloads.into_iter().map(task).collect()).await?;
    tx.commit().await?;
    Ok(())
}

/// How many nobody has fetched.
pub(super) async fn waiting(pool: &PgPool) -> Result<u64, QueueError> {
    let count: i64 = sqlx::query_scalar(COUNT_WAITING).bind(QUEUE).fetch_one(pool).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
