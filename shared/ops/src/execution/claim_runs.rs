//! The right to execute runs.

use stet_domain::ids::{Incarnation, OrgId, RunId};
use stet_store::{ClaimedRun, LastLives, Patience};

use super::EXECUTOR_PATIENCE;
use crate::{OpError, Ops};

impl Ops {
    /// Claims those of `ids` that are claimable, for `LEASE_SECONDS`; their attempt rows stand when this returns (reliability.md rule 2). Of those whose
    /// next crash is the last, `last_lives` at most.
    ///
    /// # Errors
    /// [`OpError::Store`]; a claim whose answer is lost is swept when its lease ends.
    pub async fn claim_runs(
        &self,
        org: &OrgId,
        ids: &[RunId],
        worker: &Incarnation,
        last_lives: u32,
    ) -> Result<Vec<ClaimedRun>, OpError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let settings = &self.parts.settings;
        let lives = LastLives { from_crashes: settings.last_life(), most: last_lives };
        let claim = async {
            let mut tx = self.store().begin(org).await?;
            let claimed = tx.claim_runs(ids, worker, settings.lease_seconds, lives).await?;
            tx.commit().await?;
            Ok(claimed)
        };
        Patience::bounded(EXECUTOR_PATIENCE, claim).await
    }
}
