//! The right to do a preflight.

use stet_domain::ids::{BatchId, Incarnation, OrgId};
use stet_store::PreflightClaim;

use crate::{OpError, Ops};

impl Ops {
    /// Claims a due preflight for `LEASE_SECONDS`; `None` where another holds it or the batch is past it.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn claim_preflight(
        &self,
        org: &OrgId,
        id: BatchId,
        worker: &Incarnation,
    ) -> Result<Option<PreflightClaim>, OpError> {
        let mut tx = self.store().begin(org).await?;
        let claim = tx.claim_preflight(id, worker, self.parts.settings.lease_seconds).await?;
        tx.commit().await?;
        Ok(claim)
    }
}
