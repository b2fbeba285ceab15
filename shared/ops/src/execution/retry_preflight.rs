//! A preflight that is to be tried again.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, Fence, OrgId};
use stet_domain::storable::storable;
use stet_store::{ExchangeRow, PreflightAttemptEnd};

use crate::{OpError, Ops};

/// An attempt at a preflight that ended in an error another may not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightRetry {
    /// The preflight is due again after so many milliseconds, by the database's clock.
    pub delay_ms: u64,
    /// Whether the attempt counts against `RETRY_MAX_ATTEMPTS` (reliability.md rule 8).
    pub burn: bool,
    /// What ended it.
    pub code: ErrorCode,
    /// What is known of it, bounded.
    pub detail: String,
    /// Its exchanges.
    pub exchanges: Vec<ExchangeRow>,
}

impl Ops {
    /// Sends a preflight back, due after its delay; `false` where the claim had passed on, and then the attempt alone is written, as fenced.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn retry_preflight(
        &self,
        org: &OrgId,
        id: BatchId,
        fence: Fence,
        retry: PreflightRetry,
    ) -> Result<bool, OpError> {
        let end = PreflightAttemptEnd {
            outcome: AttemptOutcome::Retried,
            error_code: Some(retry.code),
            error_detail: Some(storable(retry.detail)),
            exchanges: retry.exchanges,
            finished_at: self.parts.clock.now(),
        };
        let mut tx = self.store().begin(org).await?;
        let held = tx.release_preflight(id, fence, retry.delay_ms, retry.burn, &end).await?;
        tx.commit().await?;
        Ok(held)
    }
}
