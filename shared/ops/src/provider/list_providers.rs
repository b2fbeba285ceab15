//! The providers that this server knows.

use stet_coord::CachedListing;
use stet_domain::Provider;

use crate::{Actor, OpError, Operation, Ops};

/// One provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderView {
    /// Which.
    pub provider: Provider,
    /// Whether this server has credentials and an address for it.
    pub configured: bool,
    /// Its cached list, expired or not; nobody is asked.
    pub cached: Option<CachedListing>,
}

impl Ops {
    /// Every provider, configured or not.
    ///
    /// # Errors
    /// [`OpError::Coordination`] where the cache cannot be read.
    pub async fn list_providers(&self, actor: &Actor) -> Result<Vec<ProviderView>, OpError> {
        actor.may(Operation::ListProviders)?;
        let mut views = Vec::with_capacity(Provider::ALL.len());
        for provider in Provider::ALL.iter().copied() {
            views.push(ProviderView {
                provider,
                configured: self.parts.settings.providers.contains(&provider),
                cached: self.parts.versions.cached(provider).await.map_err(OpError::versions)?,
            });
        }
        Ok(views)
    }
}
