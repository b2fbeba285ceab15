//! Which batches wait for their preflight.

use stet_domain::ids::{BatchId, OrgId};

use crate::{OpError, Ops};

impl Ops {
    /// Batches whose preflight is due, at most `limit`.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn due_preflights(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, OpError> {
        Ok(self.store().due_preflights(limit).await?)
    }
}
