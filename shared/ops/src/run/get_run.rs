//! One run.

use stet_domain::ids::RunId;
use stet_store::RunView;

use super::required_run;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// The run with all that was recorded of it.
    ///
    /// # Errors
    /// [`OpError::NotFound`], for a run of another org too; [`OpError::Store`].
    pub async fn get_run(&self, actor: &Actor, id: RunId) -> Result<RunView, OpError> {
        actor.may(Operation::GetRun)?;
        let mut tx = self.store().read(&actor.org).await?;
        required_run(&mut *tx, id).await
    }
}
