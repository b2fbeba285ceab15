//! The keys of an org.

use super::ApiKey;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// All keys of the actor's org, newest first, revoked ones included.
    ///
    /// # Errors
    /// [`OpError::Forbidden`]; [`OpError::Store`].
    pub async fn list_api_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, OpError> {
        actor.may(Operation::ListApiKeys)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_api_keys().await?.into_iter().map(ApiKey::from).collect())
    }
}
