//! Whether an operator, or what was seen, holds a batch.

use stet_domain::batch::BatchStatus;
use stet_domain::ids::{BatchId, OrgId};

use crate::{OpError, Ops};

impl Ops {
    /// Whether the batch is paused by now; one that was called off is not, for what it has under way may end.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn is_paused(&self, org: &OrgId, id: BatchId) -> Result<bool, OpError> {
        let mut tx = self.store().read(org).await?;
        let batch = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        Ok(batch.control.status == BatchStatus::Paused)
    }
}
