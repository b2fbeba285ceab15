//! Whether this process can serve.

use crate::{OpError, Ops};

impl Ops {
    /// Succeeds where the database answers and its schema is this build's.
    ///
    /// # Errors
    /// [`OpError::Store`] with what is missing.
    pub async fn ready(&self) -> Result<(), OpError> {
        Ok(self.store().ready().await?)
    }
}
