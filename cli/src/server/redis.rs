//! Redis in front of the rows, where the settings name one.

use std::sync::Arc;

use anyhow::Context;
use stet_coord::redis::{RedisFlights, RedisGates, RedisLink, RedisRunFlights, RedisVersionCache};

use super::database::Database;
use crate::settings::RedisUrl;

/// Puts it in front of what processes agree on; a Redis that cannot be reached at the start is a setting to look at, one that is lost later is gone on without.
pub(super) async fn in_front(
    database: Database,
    url: &RedisUrl,
    installation: &str,
) -> anyhow::Result<Database> {
    let link = RedisLink::open(&url.0, installation).await.with_context(|| {
        format!("the Redis {} cannot be used: check REDIS_URL and that the server runs", url.shown())
    })?;
    tracing::info!(
        redis = url.shown(),
        "Redis stands in front of single-flight, provider limits and caches; the rows decide"
    );
    Ok(Database {
        flights: Arc::new(RedisFlights::new(link.clone(), database.flights)),
        cache: Arc::new(RedisVersionCache::new(link.clone(), database.cache)),
        gates: Arc::new(RedisGates::new(link.clone(), database.gates)),
        runs: Arc::new(RedisRunFlights::new(link)),
        ..database
    })
}
