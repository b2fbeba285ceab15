//! A batch, tried out.

use stet_domain::ids::TemplateId;

use super::{BatchSubmission, Plan};
use crate::template::{required_template, typed};
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// What the submission would make; writes nothing and calls nobody (api.md, `dry_run`).
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence; [`OpError::PlanMismatch`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn plan_batch(
        &self,
        actor: &Actor,
        template: TemplateId,
        submitted: &BatchSubmission,
    ) -> Result<Plan, OpError> {
        actor.may(Operation::PlanBatch)?;
        let row = {
            let mut tx = self.store().read(&actor.org).await?;
            required_template(&mut *tx, template).await?
        };
        Ok(self.check_batch(&row, &typed(&row)?, submitted)?.plan)
    }
}
