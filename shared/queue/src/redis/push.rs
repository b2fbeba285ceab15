//! Hints, put into the queue and counted there.

use std::sync::LazyLock;

use redis::aio::ConnectionManager;
use redis::{RedisError, Script};

use super::keys::Keys;

/// Hints that one script puts in, at most: 16,000 runs (reliability.md, "as measured": chunks of at most 1,000, and rule 13).
const PUSHED_MAX: usize = 500;

static PUSH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/push.lua")));

/// Puts payloads into the queue, due at once, each to be tried once.
pub(super) async fn push(
    mut connection: ConnectionManager,
    keys: &Keys,
    payloads: &[Vec<u8>],
) -> Result<(), RedisError> {
    for chunk in payloads.chunks(PUSHED_MAX) {
        let config = keys.config();
        let mut push = PUSH.key(config.job_data_hash());
        push.key(config.active_jobs_list())
            .key(config.job_meta_hash())
            .key(keys.counter())
            .key(keys.channel());
        for payload in chunk {
            push.arg(payload.as_slice());
        }
        push.invoke_async::<u64>(&mut connection).await?;
    }
    Ok(())
}

/// How many nobody has fetched.
pub(super) async fn waiting(mut connection: ConnectionManager, keys: &Keys) -> Result<u64, RedisError> {
    let config = keys.config();
    let mut both = redis::pipe();
    both.cmd("LLEN").arg(config.active_jobs_list()).cmd("ZCARD").arg(config.scheduled_jobs_set());
    let (active, scheduled): (u64, u64) = both.query_async(&mut connection).await?;
    Ok(active + scheduled)
}
