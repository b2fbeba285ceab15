//! Runs by filter.

use stet_store::{Page, PageRequest, RunFilter, RunRow};

use crate::batch::required_batch_row;
use crate::template::required_template;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of the runs that match every given field, newest first.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where the filter names a template or batch that the org does not have; [`OpError::Store`].
    pub async fn list_runs(
        &self,
        actor: &Actor,
        filter: &RunFilter,
        page: PageRequest,
    ) -> Result<Page<RunRow>, OpError> {
        actor.may(Operation::ListRuns)?;
        let mut tx = self.store().read(&actor.org).await?;
        if let Some(template) = filter.template() {
            required_template(&mut *tx, template).await?;
        }
        if let Some(batch) = filter.batch() {
            required_batch_row(&mut *tx, batch).await?;
        }
        Ok(tx.list_runs(filter, page).await?)
    }
}
