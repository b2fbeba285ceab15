//! What waits to be sealed.

use stet_domain::clock::Timestamp;
use stet_domain::ids::OrgId;
use stet_store::Horizon;

use crate::{OpError, Ops};

/// Orgs that are looked at in one round at most; the longest waiting come first.
const ORGS_LIMIT: u32 = 1_000;

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// Up to where everything recorded will have settled once the transactions that are open now have ended.
    pub horizon: Horizon,
    /// Orgs with unsealed runs, and since when; the longest waiting first.
    pub orgs: Vec<(OrgId, Timestamp)>,
}

impl Unsealed {
    /// How long the oldest unsealed run has waited, in seconds; 0 where there is none.
    #[must_use]
    pub fn age_seconds(&self) -> u64 {
        let since = self.orgs.first().map_or(self.horizon.at, |(_, since)| *since);
        u64::try_from((self.horizon.at.0 - since.0) / 1_000_000).unwrap_or(0)
    }
}

impl Ops {
    /// Looks for terminal runs that no segment holds.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn unsealed(&self) -> Result<Unsealed, OpError> {
        let horizon = self.store().horizon().await?;
        Ok(Unsealed { horizon, orgs: self.store().unsealed_orgs(ORGS_LIMIT).await? })
    }
}
