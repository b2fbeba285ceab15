//! Which hinted runs wait for a worker.

use stet_domain::Provider;
use stet_domain::ids::{OrgId, RunId};
use stet_store::OfferedRun;

use crate::{OpError, Ops};

impl Ops {
    /// Those of the hinted runs that may be claimed now and are of the given providers, each once. A hint proves nothing: it may be late, doubled or of
    /// nothing at all.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn hinted_runs(
        &self,
        hinted: &[(OrgId, RunId)],
        providers: &[Provider],
    ) -> Result<Vec<OfferedRun>, OpError> {
        Ok(self.store().hinted_runs(hinted, providers).await?)
    }
}
