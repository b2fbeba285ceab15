//! One template.

use stet_domain::ids::TemplateId;
use stet_store::TemplateRow;

use super::required_template;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// The template as stored: its canonical bytes are what is hashed and sent.
    ///
    /// # Errors
    /// [`OpError::NotFound`], for a template of another org too; [`OpError::Store`].
    pub async fn get_template(&self, actor: &Actor, id: TemplateId) -> Result<TemplateRow, OpError> {
        actor.may(Operation::GetTemplate)?;
        let mut tx = self.store().read(&actor.org).await?;
        required_template(&mut *tx, id).await
    }
}
