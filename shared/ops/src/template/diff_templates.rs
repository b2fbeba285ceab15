//! Two templates side by side.

use stet_domain::ids::TemplateId;
use stet_store::TemplateRow;

use super::required_template;
use crate::{Actor, OpError, Operation, Ops};

/// Two templates of one org; a patch leads from the canonical bytes of `from` to those of `to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplatePair {
    /// Where the patch starts: the template given as `against`.
    pub from: TemplateRow,
    /// Where it leads.
    pub to: TemplateRow,
}

impl Ops {
    /// Both templates: `id` as it differs from `against`.
    ///
    /// # Errors
    /// [`OpError::NotFound`] where the org lacks either; [`OpError::Store`].
    pub async fn diff_templates(
        &self,
        actor: &Actor,
        id: TemplateId,
        against: TemplateId,
    ) -> Result<TemplatePair, OpError> {
        actor.may(Operation::DiffTemplates)?;
        let mut tx = self.store().read(&actor.org).await?;
        let to = required_template(&mut *tx, id).await?;
        let from = required_template(&mut *tx, against).await?;
        Ok(TemplatePair { from, to })
    }
}
