//! The orgs that an audit goes through.

use stet_domain::ids::OrgId;

use crate::{OpError, Ops};

impl Ops {
    /// Every org that has rows, in order.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn audited_orgs(&self) -> Result<Vec<OrgId>, OpError> {
        Ok(self.store().audited_orgs().await?)
    }
}
