//! The providers that this process can call.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::versions::{Listing, ListingFailure, VersionSource};
use stet_provider::ProviderClient;

/// One client a provider.
#[derive(Clone, Default)]
pub struct Providers {
    clients: BTreeMap<Provider, Arc<dyn ProviderClient>>,
}

impl Providers {
    /// With this client for its provider.
    #[must_use]
    pub fn with(mut self, client: Arc<dyn ProviderClient>) -> Self {
        self.clients.insert(client.api().provider, client);
        self
    }

    /// The client of a provider; `None` where this process has no credentials or address for it.
    #[must_use]
    pub fn get(&self, provider: Provider) -> Option<&Arc<dyn ProviderClient>> {
        self.clients.get(&provider)
    }

    /// The providers that can be called.
    pub fn names(&self) -> impl Iterator<Item = Provider> {
        self.clients.keys().copied()
    }
}

/// The same clients as the source of model lists.
#[derive(Clone)]
pub struct VersionSources(pub Providers);

#[async_trait]
impl VersionSource for VersionSources {
    async fn list(&self, provider: Provider, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        match self.0.get(provider) {
            Some(client) => client.list_models(etag).await,
            None => Err(ListingFailure {
                code: ErrorCode::ProviderNotConfigured,
                detail: format!("this server has no credentials or address for {}", provider.as_str()),
            }),
        }
    }
}
