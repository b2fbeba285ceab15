//! The right to execute runs.

use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_store::ClaimedRun;

use crate::{OpError, Ops};

impl Ops {
    /// Claims those of `ids` that are claimable, for `LEASE_SECONDS`; their attempt rows stand when this returns (reliability.md rule 2).
    ///
    /// # Errors
    /// [`OpError::Store`]; a claim whose answer is lost is swept when its lease ends.
    pub async fn claim_runs(
        &self,
        org: &OrgId,
        ids: &[RunId],
        worker: &Incarnation,
    ) -> Result<Vec<ClaimedRun>, OpError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store().begin(org).await?;
        let claimed = tx.claim_runs(ids, worker, self.parts.settings.lease_seconds).await?;
        tx.commit().await?;
        Ok(claimed)
    }
}
