//! A new API key.

use stet_domain::code::ErrorCode;
use stet_domain::role::Role;

use super::{CreatedKey, MAX_LABEL_CHARS, insert_new_key};
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Makes a key of the actor's org; its token is answered this once.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::Validation`] for a label that is empty or too long; [`OpError::Store`].
    pub async fn create_api_key(
        &self,
        actor: &Actor,
        role: Role,
        label: &str,
    ) -> Result<CreatedKey, OpError> {
        actor.may(Operation::CreateApiKey)?;
        let chars = label.chars().count();
        if label.trim().is_empty() {
            return Err(OpError::field(ErrorCode::Empty, "/label", "the label may not be empty"));
        }
        if chars > MAX_LABEL_CHARS {
            let detail = format!("the label has {chars} characters, at most {MAX_LABEL_CHARS}");
            return Err(OpError::field(ErrorCode::TooLong, "/label", detail));
        }
        let mut tx = self.store().begin(&actor.org).await?;
        let created = insert_new_key(self, &mut *tx, &actor.org, role, label).await?;
        tx.commit().await?;
        Ok(created)
    }
}
