//! The attempts at a run.

use stet_domain::ids::RunId;
use stet_store::AttemptRow;

use super::required_run;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// All attempts at the run with their exchanges, oldest first.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn list_attempts(&self, actor: &Actor, id: RunId) -> Result<Vec<AttemptRow>, OpError> {
        actor.may(Operation::ListAttempts)?;
        let mut tx = self.store().read(&actor.org).await?;
        required_run(&mut *tx, id).await?;
        Ok(tx.list_attempts(id).await?)
    }
}
