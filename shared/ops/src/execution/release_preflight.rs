//! A preflight, given back.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::ids::{BatchId, Fence, OrgId};
use stet_store::PreflightAttemptEnd;

use crate::{OpError, Ops};

impl Ops {
    /// Gives a preflight back unfinished: due at once, no attempt burned (reliability.md rule 12); `false` where the claim had passed on.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn release_preflight(&self, org: &OrgId, id: BatchId, fence: Fence) -> Result<bool, OpError> {
        let end = PreflightAttemptEnd {
            outcome: AttemptOutcome::Released,
            error_code: None,
            error_detail: None,
            exchanges: Vec::new(),
            finished_at: self.parts.clock.now(),
        };
        let mut tx = self.store().begin(org).await?;
        let held = tx.release_preflight(id, fence, 0, false, &end).await?;
        tx.commit().await?;
        Ok(held)
    }
}
