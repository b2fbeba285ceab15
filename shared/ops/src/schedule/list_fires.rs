//! What became of a schedule's due times.

use stet_domain::ids::ScheduleId;
use stet_store::{FireRow, Page, PageRequest};

use super::required_schedule;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of due times with what became of each, newest first.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn list_fires(
        &self,
        actor: &Actor,
        id: ScheduleId,
        page: PageRequest,
    ) -> Result<Page<FireRow>, OpError> {
        actor.may(Operation::ListFires)?;
        let mut tx = self.store().read(&actor.org).await?;
        required_schedule(&mut *tx, id).await?;
        Ok(tx.list_fires(id, page).await?)
    }
}
