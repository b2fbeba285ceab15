//! What the library leaves behind, removed.

use std::time::Duration;

use sqlx::PgPool;

use crate::{QUEUE, QueueError, STALE_AFTER, letters};

const PRUNE_JOBS: &str = include_str!("../../queries/prune_jobs.sql");
const PRUNE_WORKERS: &str = include_str!("../../queries/prune_workers.sql");

/// A listener that was not seen for so long is gone.
const GONE_AFTER: Duration = Duration::from_mins(10);
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
    Ok(removed + letters::prune(pool).await?)
}
