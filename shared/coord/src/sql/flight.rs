//! Leads as rows: a fence and a lease each.

use async_trait::async_trait;

use super::{SqliteCoord, failed, micros};
use crate::{CoordError, FlightFence, SingleFlight};

#[async_trait]
impl SingleFlight for SqliteCoord {
    async fn try_lead(
        &self,
        name: &str,
        holder: &str,
        lease_ms: u64,
    ) -> Result<Option<FlightFence>, CoordError> {
        let fence: Option<i64> = sqlx::query_scalar(include_str!("queries/try_lead.sqlite.sql"))
            .bind(name)
            .bind(holder)
            .bind(micros(lease_ms))
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| failed("taking a lead", error))?;
        Ok(fence.map(FlightFence))
    }

    async fn release(&self, name: &str, fence: FlightFence) -> Result<(), CoordError> {
        sqlx::query(include_str!("queries/release.sql"))
            .bind(name)
            .bind(fence.0)
            .execute(&self.pool)
            .await
            .map_err(|error| failed("releasing a lead", error))?;
        Ok(())
    }
}
