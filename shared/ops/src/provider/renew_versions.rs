//! A provider's model list, kept from running out.

use stet_domain::Provider;

use crate::{OpError, Ops};

impl Ops {
    /// The providers whose lists this server can fetch.
    #[must_use]
    pub fn configured_providers(&self) -> Vec<Provider> {
        self.parts.settings.providers.iter().copied().collect()
    }

    /// Fetches the list anew where one was asked for and nears its end; answers whether it is new.
    ///
    /// # Errors
    /// [`OpError::VersionsUnavailable`]; [`OpError::Coordination`]. The list that stands is left as it is.
    pub async fn renew_versions(&self, provider: Provider) -> Result<bool, OpError> {
        Ok(self.parts.versions.renew(provider).await.map_err(OpError::versions)?.is_some())
    }
}
