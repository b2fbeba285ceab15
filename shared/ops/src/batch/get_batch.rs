//! One batch.

use stet_domain::ids::BatchId;
use stet_store::BatchView;

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// The batch: definition, where it stands, counters and lock epochs.
    ///
    /// # Errors
    /// [`OpError::NotFound`], for a batch of another org too; [`OpError::Store`].
    pub async fn get_batch(&self, actor: &Actor, id: BatchId) -> Result<BatchView, OpError> {
        actor.may(Operation::GetBatch)?;
        let mut tx = self.store().read(&actor.org).await?;
        tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))
    }
}
