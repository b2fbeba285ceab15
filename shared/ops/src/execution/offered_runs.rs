//! Which runs wait for a worker, by provider.

use stet_store::{OfferedRun, Wanted};

use crate::{OpError, Ops};

impl Ops {
    /// Runs of the wanted providers that may be claimed now, in turn over orgs and batches.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn offered_runs(&self, wanted: &Wanted) -> Result<Vec<OfferedRun>, OpError> {
        Ok(self.store().offered_runs(wanted).await?)
    }
}
