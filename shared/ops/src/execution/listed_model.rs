//! What a provider's list says of a model, as a lock records it.

use std::time::Duration;

use stet_domain::Provider;
use stet_domain::lock::Listed;
use stet_domain::storable::storable;

use crate::Ops;

/// How long a preflight waits for the list; without one the lock says so and the batch goes on.
const LISTING_WAIT: Duration = Duration::from_secs(5);

impl Ops {
    /// The list's own mark of the model: a secondary sign of change, from the cached list while it holds. No failure here is the batch's.
    pub async fn listed_model(&self, provider: Provider, model: &str) -> Listed {
        let asked = tokio::time::timeout(LISTING_WAIT, self.parts.versions.get(provider, false));
        let Ok(Ok(versions)) = asked.await else { return Listed::Unavailable };
        match versions.listing.models.into_iter().find(|listed| listed.id == model) {
            None => Listed::Unlisted,
            Some(found) => found.mark.map(storable).map_or(Listed::Unmarked, Listed::Marked),
        }
    }
}
