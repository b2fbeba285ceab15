//! Which runs wait for a worker.

use stet_domain::ids::{OrgId, RunId};

use crate::{OpError, Ops};

impl Ops {
    /// Runs that may be claimed now, in turn over orgs and batches, at most `limit`; ids alone, for they may be gone when claimed.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn due_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, OpError> {
        Ok(self.store().due_runs(limit).await?)
    }
}
