//! The cache of providers' model lists.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::versions::ListedModel;

use crate::{CachedListing, CoordError, FlightFence};

/// One look at the cache, with the database's clock at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheRead {
    /// The database's clock.
    pub now: Timestamp,
    /// The row, expired or not.
    pub listing: Option<CachedListing>,
}

/// What a leader writes.
#[derive(Debug, Clone, Copy)]
pub struct CacheWrite<'a> {
    /// The provider.
    pub provider: Provider,
    /// The list; `None` leaves the standing one and renews its times ("not modified").
    pub models: Option<&'a [ListedModel]>,
    /// Its validator.
    pub etag: &'a str,
    /// How long it holds, in milliseconds.
    pub ttl_ms: u64,
    /// The name of the flight that it was fetched under.
    pub flight: &'a str,
    /// The lead that it was fetched under; one that has passed on writes nothing.
    pub fence: FlightFence,
}

/// One row a provider; times by the database's clock.
#[async_trait]
pub trait VersionCache: Send + Sync {
    /// The row, expired or not, and the present moment.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails or the row is unreadable.
    async fn read(&self, provider: Provider) -> Result<CacheRead, CoordError>;

    /// The same for who is content with a row of some seconds ago; its moment is that row's, never one before it.
    ///
    /// # Errors
    /// As [`Self::read`].
    async fn glance(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        self.read(provider).await
    }

    /// Writes the row if the lead still holds; `false` where it does not.
    ///
    /// # Errors
    /// [`CoordError`] where the engine fails.
    async fn write(&self, write: CacheWrite<'_>) -> Result<bool, CoordError>;
}
