//! Leases, renewed.

use stet_domain::ids::{Fence, OrgId, RunId};
use stet_store::{Patience, Renewals};

use super::EXECUTOR_PATIENCE;
use crate::{OpError, Ops};

impl Ops {
    /// Renews the claims that still hold for another `LEASE_SECONDS`; answers what became of each (reliability.md rule 3).
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn renew_leases(&self, org: &OrgId, claims: &[(RunId, Fence)]) -> Result<Renewals, OpError> {
        if claims.is_empty() {
            return Ok(Renewals::default());
        }
        let renewal = async {
            let mut tx = self.store().begin_renewal(org).await?;
            let renewed = tx.renew_leases(claims, self.parts.settings.lease_seconds).await?;
            tx.commit().await?;
            Ok(renewed)
        };
        Patience::bounded(EXECUTOR_PATIENCE, renewal).await
    }
}
