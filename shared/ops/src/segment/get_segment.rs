//! One segment of an org.

use stet_store::SegmentHead;

use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// The segment of that number, without its records.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn get_segment(&self, actor: &Actor, segment: i64) -> Result<SegmentHead, OpError> {
        actor.may(Operation::GetSegment)?;
        let mut tx = self.store().read(&actor.org).await?;
        let row = tx.get_segment(segment).await?.ok_or(OpError::not_found("segment"))?;
        Ok(row.head)
    }
}
