//! The recipe of a claimed run.

use stet_domain::Template;
use stet_domain::ids::{OrgId, TemplateId};
use stet_store::TemplateRow;

use crate::template::{required_template, typed};
use crate::{OpError, Ops};

impl Ops {
    /// The template, stored and typed; it never changes, so a worker may keep it.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]; [`OpError::Internal`] where the stored bytes are no template.
    pub async fn load_template(
        &self,
        org: &OrgId,
        id: TemplateId,
    ) -> Result<(TemplateRow, Template), OpError> {
        let mut tx = self.store().read(org).await?;
        let row = required_template(&mut *tx, id).await?;
        let template = typed(&row)?;
        Ok((row, template))
    }
}
