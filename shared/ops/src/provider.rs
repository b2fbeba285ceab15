//! Providers and their model lists.

mod list_providers;
mod provider_versions;
mod renew_versions;

pub use list_providers::ProviderView;
pub use provider_versions::ProviderVersionsView;
