//! When there is something to do next for a provider whose gate is open.

use std::time::Duration;

use stet_domain::Provider;

use crate::{OpError, Ops};

impl Ops {
    /// How long until the next waiting run or preflight of these providers is due, by the database's clock; zero where it is due already, `None` where
    /// nothing waits.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn next_offer(&self, providers: &[Provider]) -> Result<Option<Duration>, OpError> {
        let Some(due) = self.store().next_offer(providers).await? else { return Ok(None) };
        let now = self.store().now().await?;
        let micros = u64::try_from(due.0.saturating_sub(now.0)).unwrap_or(0);
        Ok(Some(Duration::from_micros(micros)))
    }
}
