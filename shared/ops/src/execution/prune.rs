//! What may be forgotten.

use crate::{OpError, Ops};

/// Records forgotten in one transaction at most.
const PRUNE_LIMIT: u32 = 1_000;

impl Ops {
    /// Forgets idempotency records that have expired, a bounded number at a time; answers how many, the bound meaning that there may be more.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn prune(&self) -> Result<u64, OpError> {
        Ok(self.store().prune_idempotency(self.parts.clock.now(), PRUNE_LIMIT).await?)
    }
}
