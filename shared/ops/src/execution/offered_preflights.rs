//! Which batches wait for their preflight, by provider.

use stet_store::{OfferedPreflight, Wanted};

use crate::{OpError, Ops};

impl Ops {
    /// Batches of the wanted providers whose preflight is due.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn offered_preflights(&self, wanted: &Wanted) -> Result<Vec<OfferedPreflight>, OpError> {
        Ok(self.store().offered_preflights(wanted).await?)
    }
}
