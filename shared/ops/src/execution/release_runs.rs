//! Claims, given back.

use stet_domain::ids::{OrgId, RunId};
use stet_store::ReleaseRow;

use crate::{OpError, Ops};

impl Ops {
    /// Gives claims back unfinished: due at once, no attempt burned (reliability.md rule 12); answers which still held.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn release_runs(&self, org: &OrgId, releases: &[ReleaseRow]) -> Result<Vec<RunId>, OpError> {
        if releases.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.store().begin(org).await?;
        let given_back = tx.release_runs(releases).await?;
        tx.commit().await?;
        Ok(given_back)
    }
}
