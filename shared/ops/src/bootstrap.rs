//! The first start.

use stet_domain::ids::OrgId;
use stet_domain::role::Role;

use crate::api_key::insert_new_key;
use crate::{CreatedKey, OpError, Ops};

/// The org of the embedded default (api.md, "Authentication and roles").
pub const DEFAULT_ORG: &str = "default";

/// The org and the key that the first start made.
#[derive(Debug)]
pub struct FirstKey {
    /// [`DEFAULT_ORG`].
    pub org: OrgId,
    /// An admin key, its token shown this once.
    pub key: CreatedKey,
}

impl Ops {
    /// Makes org [`DEFAULT_ORG`] with an admin key where the org has no key yet; `None` where it has.
    ///
    /// # Errors
    /// [`OpError::Store`].
    ///
    /// # Panics
    /// Never: [`DEFAULT_ORG`] is a valid slug.
    pub async fn bootstrap(&self) -> Result<Option<FirstKey>, OpError> {
        let org: OrgId = DEFAULT_ORG.parse().expect("the default org is a valid slug");
        self.store().ensure_org(&org, self.parts.clock.now()).await?;
        let mut tx = self.store().begin(&org).await?;
        if !tx.list_api_keys().await?.is_empty() {
            return Ok(None);
        }
        let key = insert_new_key(self, &mut *tx, &org, Role::Admin, "first start").await?;
        tx.commit().await?;
        Ok(Some(FirstKey { org, key }))
    }
}
