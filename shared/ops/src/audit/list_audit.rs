//! The audit log of an org.

use stet_store::{AuditRow, Page, PageRequest};

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of the changes in the org, newest first.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::Store`].
    pub async fn list_audit(&self, actor: &Actor, page: PageRequest) -> Result<Page<AuditRow>, OpError> {
        actor.may(Operation::ListAudit)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_audit(page).await?)
    }
}
