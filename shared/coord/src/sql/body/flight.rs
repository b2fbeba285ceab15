//! Leads as rows: a fence and a lease each.

use async_trait::async_trait;

use super::{Engine, failed, micros, queries};
use crate::{CoordError, FlightFence, SingleFlight};

#[async_trait]
impl SingleFlight for Engine {
    async fn try_lead(
        &self,
        name: &str,
        holder: &str,
        lease_ms: u64,
    ) -> Result<Option<FlightFence>, CoordError> {
        let mut tx = self.begin("taking a lead").await?;
        let fence: Option<i64> = sqlx::query_scalar(queries::TRY_LEAD)
            .persistent(self.named_statements)
            .bind(name)
            .bind(holder)
            .bind(micros(lease_ms))
            .fetch_optional(&mut *tx)
            .await
            .map_err(|error| failed("taking a lead", error))?;
        tx.commit().await.map_err(|error| failed("taking a lead", error))?;
        Ok(fence.map(FlightFence))
    }

    async fn release(&self, name: &str, fence: FlightFence) -> Result<(), CoordError> {
        let mut tx = self.begin("releasing a lead").await?;
        sqlx::query(queries::RELEASE)
            .persistent(self.named_statements)
            .bind(name)
            .bind(fence.0)
            .execute(&mut *tx)
            .await
            .map_err(|error| failed("releasing a lead", error))?;
        tx.commit().await.map_err(|error| failed("releasing a lead", error))
    }
}
