//! What the database's planner goes by.

use crate::{OpError, Ops};

impl Ops {
    /// Has the database look at tables that have doubled since it last did; answers how many.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn learn_sizes(&self) -> Result<u64, OpError> {
        Ok(self.store().learn_sizes().await?)
    }
}
