//! An attempt that lost its lease.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::ids::{Fence, OrgId, RunId};
use stet_store::ExchangeRow;

use crate::{OpError, Ops};

impl Ops {
    /// Keeps what a fenced attempt exchanged, for the operator; the run itself is not touched (reliability.md rule 4).
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn close_fenced(
        &self,
        org: &OrgId,
        run: RunId,
        fence: Fence,
        exchanges: &[ExchangeRow],
    ) -> Result<(), OpError> {
        let mut tx = self.store().begin(org).await?;
        tx.close_attempt(run, fence, AttemptOutcome::Fenced, exchanges, self.parts.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}
