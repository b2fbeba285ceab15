//! A provider's list of model versions.

use async_trait::async_trait;

use crate::Provider;
use crate::code::ErrorCode;

/// One listed model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedModel {
    /// The id to request.
    pub id: String,
    /// The listing's own version or creation mark, verbatim: a secondary drift signal.
    pub mark: Option<String>,
    /// The announced end, verbatim.
    pub shutdown_date: Option<String>,
}

/// What a live look at a provider's list brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// The list, sorted by id, and the validator to send next time.
    Fresh {
        /// The models.
        models: Vec<ListedModel>,
        /// The provider's own `ETag`, where it sends one.
        etag: Option<String>,
    },
    /// The provider says that the list with the `ETag` sent still holds.
    NotModified,
}

/// Why no list could be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct ListingFailure {
    /// The class, as in runs.
    pub code: ErrorCode,
    /// What the provider or the transport said, bounded, without secrets.
    pub detail: String,
}

/// Where a live list comes from.
#[async_trait]
pub trait VersionSource: Send + Sync {
    /// Asks the provider for its list; `etag` is sent where the API honours one.
    async fn list(&self, provider: Provider, etag: Option<&str>) -> Result<Listing, ListingFailure>;
}
