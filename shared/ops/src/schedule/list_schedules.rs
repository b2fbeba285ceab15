//! The schedules of an org.

use stet_store::{Page, PageRequest, ScheduleRow};

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of schedules, newest first.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn list_schedules(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<ScheduleRow>, OpError> {
        actor.may(Operation::ListSchedules)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_schedules(page).await?)
    }
}
