//! The port that every vendor's adapter implements.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::versions::{Listing, ListingFailure};

use crate::{Answer, Call, Exchange, Failure};

/// Which interface of a provider an adapter speaks; part of a run's provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// The provider.
    pub provider: Provider,
    /// The interface, such as `responses`.
    pub name: &'static str,
    /// Its version, such as `v1`.
    pub version: &'static str,
    /// The region of the endpoint, where the provider has regions.
    pub region: Option<String>,
}

/// What one call brought: always the exchange, then either an answer or a named failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The bytes on both sides.
    pub exchange: Exchange,
    /// The reading of them.
    pub result: Result<Answer, Failure>,
}

/// A provider as seen by a worker.
#[async_trait]
pub trait ProviderClient: Send + Sync {
    /// Which interface this is.
    fn api(&self) -> &Api;

    /// Sends the call once. Never panics and never retries; dropping the future ends the call.
    async fn generate(&self, call: &Call) -> Outcome;

    /// Asks for the list of models; `etag` is sent where the API honours one.
    async fn list_models(&self, etag: Option<&str>) -> Result<Listing, ListingFailure>;
}
