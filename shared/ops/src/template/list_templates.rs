//! The templates of an org.

use stet_store::{Page, PageRequest, TemplateRow};

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of templates, newest first.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn list_templates(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<TemplateRow>, OpError> {
        actor.may(Operation::ListTemplates)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_templates(page).await?)
    }
}
