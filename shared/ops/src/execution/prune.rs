//! What may be forgotten.

use crate::{OpError, Ops};

/// Records forgotten in one transaction at most.
const PRUNE_LIMIT: u32 = 1_000;

impl Ops {
    /// Forgets idempotency records that have expired, a bounded number in one transaction, until none is left; answers how many.
    ///
    /// # Errors
    /// [`OpError::Store`]; what was forgotten before the failure stays forgotten.
    pub async fn prune(&self) -> Result<u64, OpError> {
        let (now, mut forgotten) = (self.parts.clock.now(), 0);
        loop {
            let some = self.store().prune_idempotency(now, PRUNE_LIMIT).await?;
            forgotten += some;
            if some < u64::from(PRUNE_LIMIT) {
                return Ok(forgotten);
            }
        }
    }
}
