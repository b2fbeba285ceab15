//! Who asks.

use stet_domain::ids::{ApiKeyId, OrgId};
use stet_domain::role::Role;

use crate::{OpError, Operation};

/// The holder of an API key, as authenticated: whatever is done is done in its org and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The org that the key opens.
    pub org: OrgId,
    /// The key.
    pub key_id: ApiKeyId,
    /// What it may do.
    pub role: Role,
}

impl Actor {
    /// Lets the operation pass.
    ///
    /// # Errors
    /// [`OpError::Forbidden`] where the role does not include it.
    pub fn may(&self, operation: Operation) -> Result<(), OpError> {
        let needed = operation.role();
        if self.role.includes(needed) {
            Ok(())
        } else {
            Err(OpError::Forbidden { operation: operation.name(), needed, role: self.role })
        }
    }
}
