//! What the library leaves behind, removed.

use std::sync::LazyLock;
use std::time::Duration;

use redis::Script;
use redis::aio::ConnectionManager;

use super::in_time;
use super::keys::Keys;
use crate::{QueueError, STALE_AFTER};

/// A listener that was not seen for so long is gone: longer than any clock is off, and shorter than what the library forgets half of it after.
const GONE_AFTER: Duration = Duration::from_hours(2);

/// What one script removes of each kind, at most (reliability.md rule 13).
const REMOVED_MAX: u64 = 500;

/// Rounds of one clearing away: what is left waits for the next.
const ROUNDS_MAX: usize = 200;

static PRUNE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/prune.lua")));

/// Removes hints that are done or stale and listeners that are gone; answers how many.
pub(super) async fn prune(connection: &ConnectionManager, keys: &Keys) -> Result<u64, QueueError> {
    let config = keys.config();
    let mut removed = 0;
    for _ in 0..ROUNDS_MAX {
        let mut prune = PRUNE.key(config.job_data_hash());
        prune.key(config.job_meta_hash()).key(config.active_jobs_list());
        prune.key(config.done_jobs_set()).key(config.dead_jobs_set()).key(config.workers_set());
        prune.key(keys.workers_metadata()).key(config.inflight_jobs_set());
        prune.arg(STALE_AFTER.as_secs()).arg(GONE_AFTER.as_secs()).arg(REMOVED_MAX);
        let mut connection = connection.clone();
        let (count, more): (u64, bool) =
            in_time(async move { prune.invoke_async(&mut connection).await }).await?;
        removed += count;
        if !more {
            break;
        }
    }
    Ok(removed)
}
