//! Providers and their model lists.

use serde::{Deserialize, Serialize};
use stet_domain::versions::ListedModel;
use stet_ops::{ProviderVersionsView, ProviderView};
use utoipa::ToSchema;

/// Every provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Providers {
    /// In the order of their names.
    pub items: Vec<Provider>,
}

/// One provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provider {
    /// `openai`, `gemini` or `vertex`.
    pub provider: String,
    /// Whether this server has credentials and an address for it.
    pub configured: bool,
    /// How many models its cached list has; `null` where there is none.
    pub cached_versions: Option<u64>,
    /// When it was last asked.
    #[schema(format = DateTime)]
    pub last_checked_utc: Option<String>,
    /// Until when its cached list holds.
    #[schema(format = DateTime)]
    pub expires_at_utc: Option<String>,
}

/// A provider's model list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderVersions {
    /// The provider.
    pub provider: String,
    /// The listed model with the latest mark.
    pub current: Option<String>,
    /// The list, sorted by id.
    pub versions: Vec<Version>,
    /// When the provider was last asked.
    #[schema(format = DateTime)]
    pub last_checked_utc: String,
    /// Until when the answer holds.
    #[schema(format = DateTime)]
    pub expires_at_utc: String,
    /// The list's validator.
    pub etag: String,
    /// `cache`, or `live` where the provider was asked for this request.
    pub source: String,
}

/// One listed model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The id to request.
    pub id: String,
    /// The listing's own version or creation mark, verbatim.
    pub mark: Option<String>,
    /// The announced end, verbatim.
    pub shutdown_date: Option<String>,
}

impl From<ProviderView> for Provider {
    fn from(view: ProviderView) -> Self {
        let cached = view.cached.as_ref();
        Self {
            provider: view.provider.to_string(),
            configured: view.configured,
            cached_versions: cached.map(|listing| listing.models.len() as u64),
            last_checked_utc: cached.map(|listing| listing.checked_at.to_string()),
            expires_at_utc: cached.map(|listing| listing.expires_at.to_string()),
        }
    }
}

impl From<ProviderVersionsView> for ProviderVersions {
    fn from(view: ProviderVersionsView) -> Self {
        Self {
            provider: view.provider.to_string(),
            current: view.current,
            versions: view.listing.models.into_iter().map(Version::from).collect(),
            last_checked_utc: view.listing.checked_at.to_string(),
            expires_at_utc: view.listing.expires_at.to_string(),
            etag: view.listing.etag,
            source: format!("{:?}", view.source).to_ascii_lowercase(),
        }
    }
}

impl From<ListedModel> for Version {
    fn from(model: ListedModel) -> Self {
        Self { id: model.id, mark: model.mark, shutdown_date: model.shutdown_date }
    }
}
