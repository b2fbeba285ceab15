//! The segments of an org.

use stet_store::{Page, PageRequest, SegmentHead};

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// A page of the org's segments, newest first.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn list_segments(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<SegmentHead>, OpError> {
        actor.may(Operation::ListSegments)?;
        let mut tx = self.store().read(&actor.org).await?;
        Ok(tx.list_segments(page).await?)
    }
}
