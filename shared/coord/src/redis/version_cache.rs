//! Providers' model lists: a copy in Redis of the row.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use redis::Script;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;

use super::link::RedisLink;
use crate::{CacheRead, CacheWrite, CachedListing, CoordError, VersionCache, listing};

/// How long a copy is good at most: a process that wrote the row and did not reach Redis is overtaken by it for no longer.
const GOOD_FOR: Duration = Duration::from_secs(30);

static KEEP: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/keep_versions.lua")));

/// The row's times, validator and list, as a copy has them.
type Copied = (Option<i64>, Option<i64>, Option<i64>, Option<String>, Option<String>);

/// The cache by the rows, and a copy of what holds there for who only glances. No two clocks are compared: a copy says until when it is good by the database's clock,
/// and Redis counts the time until then down.
pub struct RedisVersionCache {
    link: RedisLink,
    rows: Arc<dyn VersionCache>,
}

impl RedisVersionCache {
    /// In front of these rows.
    #[must_use]
    pub fn new(link: RedisLink, rows: Arc<dyn VersionCache>) -> Self {
        Self { link, rows }
    }

    async fn copied(&self, provider: Provider) -> Option<CacheRead> {
        let key = self.link.key("versions", provider);
        let (fields, left_ms): (Copied, i64) = self
            .link
            .ask("read_versions", |mut connection| async move {
                let mut both = redis::pipe();
                let fields = ["checked_at", "expires_at", "good_until", "etag", "listing"];
                both.atomic().cmd("HMGET").arg(&key).arg(&fields).cmd("PTTL").arg(&key);
                both.query_async(&mut connection).await
            })
            .await?;
        let (Some(checked_at), Some(expires_at), Some(good_until), Some(etag), Some(text)) = fields else {
            return None;
        };
        let still_good_us = left_ms.max(0).saturating_mul(1_000);
        // What cannot be read is no copy.
        let models = listing::decode(&text).ok()?;
        let listing = CachedListing {
            models,
            etag,
            checked_at: Timestamp(checked_at),
            expires_at: Timestamp(expires_at),
        };
        Some(CacheRead { now: Timestamp(good_until.saturating_sub(still_good_us)), listing: Some(listing) })
    }

    /// Reads the row and leaves a copy of it, good until the row expires and 30 s at most, counted from before it was read.
    async fn copy(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        let asked = Instant::now();
        let read = self.rows.read(provider).await?;
        let Some(row) = &read.listing else { return Ok(read) };
        let holds_us = u64::try_from(row.expires_at.0.saturating_sub(read.now.0)).unwrap_or(0);
        let good_for = Duration::from_micros(holds_us).min(GOOD_FOR);
        let good_until = read.now.0.saturating_add(i64::try_from(good_for.as_micros()).unwrap_or(i64::MAX));
        let left_ms = u64::try_from(good_for.saturating_sub(asked.elapsed()).as_millis()).unwrap_or(0);
        let mut keep = KEEP.key(self.link.key("versions", provider));
        keep.arg(row.checked_at.0).arg(row.expires_at.0).arg(good_until).arg(left_ms);
        keep.arg(&row.etag).arg(listing::encode(&row.models)?);
        let _kept: Option<u64> = self
            .link
            .ask("keep_versions", |mut connection| async move { keep.invoke_async(&mut connection).await })
            .await;
        Ok(read)
    }
}

#[async_trait]
impl VersionCache for RedisVersionCache {
    async fn read(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        self.rows.read(provider).await
    }

    async fn glance(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        match self.copied(provider).await {
            Some(copied) => Ok(copied),
            None => self.copy(provider).await,
        }
    }

    async fn write(&self, write: CacheWrite<'_>) -> Result<bool, CoordError> {
        let written = self.rows.write(write).await?;
        if written {
            self.copy(write.provider).await?;
        }
        Ok(written)
    }
}
