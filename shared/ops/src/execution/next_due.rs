//! When there is something to do next.

use std::time::Duration;

use stet_domain::Provider;

use crate::{OpError, Ops};

impl Ops {
    /// [`Ops::next_offer`] over all providers.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn next_due(&self) -> Result<Option<Duration>, OpError> {
        self.next_offer(Provider::ALL).await
    }
}
