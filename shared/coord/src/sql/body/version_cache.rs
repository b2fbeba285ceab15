//! The cache of model lists as rows.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;

use super::{Engine, failed, micros, queries};
use crate::{CacheRead, CacheWrite, CachedListing, CoordError, VersionCache, listing};

type Row = (i64, Option<String>, Option<String>, Option<i64>, Option<i64>);

#[async_trait]
impl VersionCache for Engine {
    async fn read(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        let mut tx = self.begin("reading the version cache").await?;
        let (now, text, etag, checked, expires): Row = sqlx::query_as(queries::READ_VERSIONS)
            .persistent(self.named_statements)
            .bind(provider.as_str())
            .fetch_one(&mut *tx)
            .await
            .map_err(|error| failed("reading the version cache", error))?;
        tx.commit().await.map_err(|error| failed("reading the version cache", error))?;
        let listing = match (text, checked, expires) {
            (Some(text), Some(checked), Some(expires)) => Some(CachedListing {
                models: listing::decode(&text)?,
                etag: etag.unwrap_or_default(),
                checked_at: Timestamp(checked),
                expires_at: Timestamp(expires),
            }),
            _ => None,
        };
        Ok(CacheRead { now: Timestamp(now), listing })
    }

    async fn write(&self, write: CacheWrite<'_>) -> Result<bool, CoordError> {
        let text = write.models.map(listing::encode).transpose()?;
        let sql = match text {
            Some(_) => queries::WRITE_VERSIONS,
            None => queries::RENEW_VERSIONS,
        };
        let mut query = sqlx::query(sql)
            .persistent(self.named_statements)
            .bind(write.provider.as_str())
            .bind(write.etag)
            .bind(micros(write.ttl_ms))
            .bind(write.flight)
            .bind(write.fence.0);
        if let Some(text) = text {
            query = query.bind(text);
        }
        let mut tx = self.begin("writing the version cache").await?;
        let done =
            query.execute(&mut *tx).await.map_err(|error| failed("writing the version cache", error))?;
        tx.commit().await.map_err(|error| failed("writing the version cache", error))?;
        Ok(done.rows_affected() == 1)
    }
}
