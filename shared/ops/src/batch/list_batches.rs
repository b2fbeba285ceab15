//! The batches of an org.

use stet_store::{BatchView, Page, PageRequest};

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of batches, newest first.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn list_batches(&self, actor: &Actor, page: PageRequest) -> Result<Page<BatchView>, OpError> {
        actor.may(Operation::ListBatches)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_batches(page).await?)
    }
}
