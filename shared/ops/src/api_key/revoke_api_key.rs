//! The end of an API key.

use stet_domain::ids::ApiKeyId;

use crate::audit::Change;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Ends a key of the actor's org; `false` where it had ended before.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn revoke_api_key(&self, actor: &Actor, id: &ApiKeyId) -> Result<bool, OpError> {
        actor.may(Operation::RevokeApiKey)?;
        let mut tx = self.store().begin(&actor.org).await?;
        if !tx.list_api_keys().await?.iter().any(|row| row.id == *id) {
            return Err(OpError::not_found("API key"));
        }
        let changed = tx.revoke_api_key(id, self.parts.clock.now()).await?;
        if changed {
            self.audit(&mut *tx, actor, Operation::RevokeApiKey, Change::revoked(id)).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }
}
