//! What waits for a worker, by provider: a closed gate keeps its runs out of sight of every claim.

use stet_domain::Provider;
use stet_domain::ids::{BatchId, OrgId, RunId, TemplateId};

/// Which work is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Of these providers.
    pub providers: Vec<Provider>,
    /// Orgs behind this one come first in each turn, so that a look at few of many orgs is not always at the same.
    pub after: Option<OrgId>,
    /// At most so many.
    pub limit: u32,
}

impl Wanted {
    /// Of every provider.
    #[must_use]
    pub fn all(limit: u32) -> Self {
        Self { providers: Provider::ALL.to_vec(), after: None, limit }
    }
}

/// A run that may be claimed: ids alone, for it may be gone when it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedRun {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub id: RunId,
    /// Its batch; `None` for a single run.
    pub batch: Option<BatchId>,
    /// What it runs.
    pub template: TemplateId,
    /// Who will be called.
    pub provider: Provider,
}

/// A batch whose preflight is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedPreflight {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub batch: BatchId,
    /// Who will be called.
    pub provider: Provider,
}
