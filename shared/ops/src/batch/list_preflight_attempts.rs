//! The attempts at a batch's preflight.

use stet_domain::ids::BatchId;
use stet_store::AttemptRow;

use super::required_batch_row;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// All attempts at the batch's preflight with their exchanges, oldest first.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn list_preflight_attempts(
        &self,
        actor: &Actor,
        id: BatchId,
    ) -> Result<Vec<AttemptRow>, OpError> {
        actor.may(Operation::ListPreflightAttempts)?;
        let mut tx = self.store().read(&actor.org).await?;
        required_batch_row(&mut *tx, id).await?;
        Ok(tx.list_preflight_attempts(id).await?)
    }
}
