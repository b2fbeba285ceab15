//! A provider's model list.

use stet_coord::{CachedListing, VersionsSource};
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::versions::ListedModel;

use crate::{Actor, OpError, Operation, Ops};

/// A provider's model list with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderVersionsView {
    /// The provider.
    pub provider: Provider,
    /// The listed model with the latest mark; `None` where no model carries one.
    pub current: Option<String>,
    /// The list, when it was fetched, until when it holds, and its validator.
    pub listing: CachedListing,
    /// Where it comes from.
    pub source: VersionsSource,
}

impl Ops {
    /// The list: cached while it holds, else, or with `force_refresh`, fetched once for all who wait (system.md, seam 4).
    ///
    /// # Errors
    /// [`OpError::Forbidden`]: `force_refresh` is an operator's; [`OpError::Validation`] for a provider that is not configured;
    /// [`OpError::VersionsUnavailable`].
    pub async fn provider_versions(
        &self,
        actor: &Actor,
        provider: Provider,
        force_refresh: bool,
    ) -> Result<ProviderVersionsView, OpError> {
        actor.may(Operation::ProviderVersions)?;
        if force_refresh {
            actor.may(Operation::RefreshProviderVersions)?;
        }
        if let Some(offence) = self.provider_offence(provider) {
            return Err(OpError::Validation(vec![offence]));
        }
        let versions = self.parts.versions.get(provider, force_refresh).await.map_err(OpError::versions)?;
        Ok(ProviderVersionsView {
            provider,
            current: current(&versions.listing.models),
            listing: versions.listing,
            source: versions.source,
        })
    }

    /// That a provider is one which this server cannot call; the pointer is the whole request, for it comes with the path.
    pub(crate) fn provider_offence(&self, provider: Provider) -> Option<FieldError> {
        let configured = &self.parts.settings.providers;
        let detail = || {
            let known: Vec<&str> = configured.iter().map(|known| known.as_str()).collect();
            format!("{provider} is not configured on this server; configured: [{}]", known.join(", "))
        };
        (!configured.contains(&provider))
            .then(|| FieldError::new("", ErrorCode::ProviderNotConfigured, detail()))
    }
}

/// The model with the latest mark: marks of digits by their number, others by their text; of equals the greatest id.
fn current(models: &[ListedModel]) -> Option<String> {
    models
        .iter()
        .filter_map(|model| {
            model.mark.as_deref().map(|mark| (mark.parse::<u64>().ok(), mark, model.id.as_str()))
        })
        .max()
        .map(|(_, _, id)| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_mark_is_current() {
        let model = |id: &str, mark: Option<&str>| ListedModel {
            id: id.to_owned(),
            mark: mark.map(str::to_owned),
            shutdown_date: None,
        };
        assert_eq!(current(&[model("a", None)]), None);
        let models = [model("a", Some("999")), model("b", Some("1715367049")), model("c", None)];
        assert_eq!(current(&models).as_deref(), Some("b"));
    }
}
