//! The providers' model lists: renewed before they run out, so that no request waits for a vendor's.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use stet_domain::Provider;
use stet_domain::causes::with_causes;
use stet_ops::{OpError, Ops};

/// Renews what nears its end, and says once of each provider that it cannot.
#[derive(Debug, Default)]
pub(crate) struct Renewer {
    failing: Mutex<BTreeSet<Provider>>,
}

impl Renewer {
    /// One after the other, each within the bounds of any fetch. A failure is no duty's: the list that stands goes on to serve until it ends, and after that whoever
    /// asks is told what is wrong.
    pub(crate) async fn round(&self, ops: &Ops) {
        for provider in ops.configured_providers() {
            match ops.renew_versions(provider).await {
                Ok(renewed) => self.went_well(provider, renewed),
                Err(error) => self.failed(provider, &error),
            }
        }
    }

    fn went_well(&self, provider: Provider, renewed: bool) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if renewed && failing.remove(&provider) {
            tracing::info!(%provider, "the provider's list of models is renewed again");
        } else if renewed {
            tracing::debug!(%provider, "the provider's list of models was renewed");
        }
    }

    fn failed(&self, provider: Provider, error: &OpError) {
        let first = self.failing.lock().unwrap_or_else(PoisonError::into_inner).insert(provider);
        let error = with_causes(error);
        if first {
            tracing::warn!(%provider, error, "the provider's list of models could not be renewed and stays as it is");
        } else {
            tracing::debug!(%provider, error, "the provider's list of models could not be renewed once more");
        }
    }
}
