//! What the library leaves behind, removed.

use std::time::Duration;

use sqlx::PgPool;

use crate::{QUEUE, QueueError};

const PRUNE_JOBS: &str = include_str!("../../queries/prune_jobs.sql");
const PRUNE_WORKERS: &str = include_str!("../../queries/prune_workers.sql");
const PRUNE_DEAD_LETTERS: &str = include_str!("../../queries/prune_dead_letters.sql");

/// A hint that waited for so long has been rung again many times.
const STALE_AFTER: Duration = Duration::from_mins(5);
/// A listener that was not seen for so long is gone.
const GONE_AFTER: Duration = Duration::from_mins(10);
/// How long a person has to look at a dead letter.
const LETTERS_KEPT: Duration = Duration::from_hours(30 * 24);
/// Rows removed by one statement at most.
const ROWS_MAX: i64 = 10_000;

/// Removes hints that are done or stale, listeners that are gone, and old dead letters; answers how many rows.
pub(super) async fn prune(pool: &PgPool) -> Result<u64, QueueError> {
    let mut removed = 0;
    loop {
        let query = sqlx::query(PRUNE_JOBS).bind(QUEUE).bind(STALE_AFTER.as_secs_f64()).bind(ROWS_MAX);
        let jobs = query.execute(pool).await?.rows_affected();
        removed += jobs;
        if jobs < ROWS_MAX.unsigned_abs() {
            break;
        }
    }
    removed += sqlx::query(PRUNE_WORKERS).bind(GONE_AFTER.as_secs_f64()).execute(pool).await?.rows_affected();
    let kept_us = i64::try_from(LETTERS_KEPT.as_micros()).unwrap_or(i64::MAX);
    let letters = sqlx::query(PRUNE_DEAD_LETTERS).bind(kept_us).bind(ROWS_MAX).fetch_all(pool).await?;
    Ok(removed + letters.len() as u64)
}
