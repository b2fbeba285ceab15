//! A template, proved.

use stet_domain::ids::{OrgId, TemplateId};

use super::required_template;
use crate::record::prove_template;
use crate::{Actor, OpError, Operation, Ops, Verification};

impl Ops {
    /// Recomputes identity, canonical form and HMAC of a stored template.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_template(&self, actor: &Actor, id: TemplateId) -> Result<Verification, OpError> {
        actor.may(Operation::VerifyTemplate)?;
        Verification::of(self.prove_template(&actor.org, id).await)
    }

    pub(crate) async fn prove_template(&self, org: &OrgId, id: TemplateId) -> Result<Verification, OpError> {
        let row = {
            let mut tx = self.store().read(org).await?;
            required_template(&mut *tx, id).await?
        };
        let verified = prove_template(&row, &self.parts.record_keys);
        Ok(Verification { sha256: Some(row.template_sha256), disagreement: verified.err() })
    }
}
