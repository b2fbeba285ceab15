//! A preflight, given back.

use stet_domain::ids::{BatchId, Fence, OrgId};

use crate::{OpError, Ops};

impl Ops {
    /// Gives a preflight back, due again after `delay_ms`; `burn` counts the attempt. `false` where the claim had passed on.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn release_preflight(
        &self,
        org: &OrgId,
        id: BatchId,
        fence: Fence,
        delay_ms: u64,
        burn: bool,
    ) -> Result<bool, OpError> {
        let mut tx = self.store().begin(org).await?;
        let held = tx.release_preflight(id, fence, delay_ms, burn).await?;
        tx.commit().await?;
        Ok(held)
    }
}
