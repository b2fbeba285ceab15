//! The providers' model lists: cached, and fetched by one caller at a time over all processes.

use std::sync::Arc;
use std::time::Duration;

use stet_domain::Provider;
use stet_domain::clock::{Ids, Timestamp};
use stet_domain::versions::{ListedModel, Listing, VersionSource};
use tokio::time::Instant;

use crate::shared_flight::SharedFlights;
use crate::{
    CacheRead, CacheWrite, CachedListing, FlightFence, FlightMeter, SingleFlight, VersionCache,
    VersionsError, listing,
};

/// A caller that joined a flight which began too early for it joins another; more than this is a database whose clock goes backwards.
const MAX_JOINS: u32 = 4;

/// Where an answer comes from (api.md, `source`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionsSource {
    /// The cached row, still valid.
    Cache,
    /// The provider was asked while the caller waited, by this process or another.
    Live,
}

/// A provider's list with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The provider.
    pub provider: Provider,
    /// The list.
    pub listing: CachedListing,
    /// Where it comes from.
    pub source: VersionsSource,
}

/// Bounds of the cache and its flights, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionsSettings {
    /// How long a list holds (`PROVIDER_VERSION_CACHE_TTL_SECONDS`).
    pub ttl_ms: u64,
    /// How long a lead holds; longer than `fetch_timeout_ms`, so that no leader outlives its lead.
    pub lease_ms: u64,
    /// How long the provider may take.
    pub fetch_timeout_ms: u64,
    /// How long a caller waits for another process's lead.
    pub wait_timeout_ms: u64,
    /// A waiter's first pause; it doubles up to `poll_max_ms`, with jitter.
    pub poll_min_ms: u64,
    /// A waiter's longest pause.
    pub poll_max_ms: u64,
}

impl Default for VersionsSettings {
    fn default() -> Self {
        Self {
            ttl_ms: 300_000,
            lease_ms: 30_000,
            fetch_timeout_ms: 20_000,
            wait_timeout_ms: 75_000,
            poll_min_ms: 100,
            poll_max_ms: 2_000,
        }
    }
}

/// What [`ProviderVersions`] stands on.
#[derive(Clone)]
pub struct VersionsPorts {
    /// Leads.
    pub flights: Arc<dyn SingleFlight>,
    /// The cache.
    pub cache: Arc<dyn VersionCache>,
    /// The providers.
    pub source: Arc<dyn VersionSource>,
    /// Jitter.
    pub ids: Arc<dyn Ids>,
    /// The metric.
    pub meter: Arc<dyn FlightMeter>,
}

struct Core {
    ports: VersionsPorts,
    holder: String,
    settings: VersionsSettings,
}

/// The providers' model lists of one process.
pub struct ProviderVersions {
    core: Arc<Core>,
    flights: SharedFlights<Provider, CachedListing>,
}

impl ProviderVersions {
    /// Lists over the given ports; `holder` names this process in the rows.
    #[must_use]
    pub fn new(ports: VersionsPorts, holder: String, settings: VersionsSettings) -> Self {
        Self { core: Arc::new(Core { ports, holder, settings }), flights: SharedFlights::new() }
    }

    /// The cached list, expired or not, without asking anybody.
    ///
    /// # Errors
    /// [`VersionsError::Coord`] where the database fails.
    pub async fn cached(&self, provider: Provider) -> Result<Option<CachedListing>, VersionsError> {
        Ok(self.core.ports.cache.glance(provider).await?.listing)
    }

    /// The list: cached while it holds, else (and always with `force_refresh`) as the provider gives it, asked once for all who wait.
    ///
    /// # Errors
    /// [`VersionsError`]: the provider gave no list, a bound was reached, or the database failed.
    pub async fn get(&self, provider: Provider, force_refresh: bool) -> Result<Versions, VersionsError> {
        if !force_refresh && let Some(listing) = valid(&self.core.ports.cache.glance(provider).await?) {
            return Ok(Versions { provider, listing, source: VersionsSource::Cache });
        }
        let begun = self.core.ports.cache.read(provider).await?;
        for _ in 0..MAX_JOINS {
            let core = Arc::clone(&self.core);
            let since = begun.now;
            let listing = self
                .flights
                .join(provider, || async move { core.fly(provider, since, force_refresh).await })
                .await?;
            let live = listing.checked_at >= begun.now;
            if live || !force_refresh {
                let source = if live { VersionsSource::Live } else { VersionsSource::Cache };
                return Ok(Versions { provider, listing, source });
            }
        }
        Err(VersionsError::Coord(format!("the list stayed older than the request after {MAX_JOINS} flights")))
    }

    /// Fetches the list anew where one stands that nears its end: in the last quarter of its time, or past it. Then nobody who asks meanwhile waits for the
    /// provider. The same flight as that of [`Self::get`], so that one process of many asks; `None` where nothing was to be done. A provider that nobody
    /// ever asked for has no list, and is not asked here either.
    ///
    /// # Errors
    /// [`VersionsError`]; the list that stands is left as it is.
    pub async fn renew(&self, provider: Provider) -> Result<Option<CachedListing>, VersionsError> {
        let read = self.core.ports.cache.read(provider).await?;
        let Some(standing) = read.listing else { return Ok(None) };
        let ahead_ms = i64::try_from(self.core.settings.ttl_ms / 4).unwrap_or(i64::MAX);
        if standing.expires_at > read.now.plus_ms(ahead_ms) {
            return Ok(None);
        }
        // Any list that is newer will do: another process may have been faster.
        let (core, since) = (Arc::clone(&self.core), Timestamp(standing.checked_at.0.saturating_add(1)));
        let renewed =
            self.flights.join(provider, || async move { core.fly(provider, since, true).await }).await?;
        Ok(Some(renewed))
    }
}

/// The row where it still holds.
fn valid(read: &CacheRead) -> Option<CachedListing> {
    read.listing.clone().filter(|listing| listing.expires_at > read.now)
}

impl Core {
    /// Leads, or waits for who leads, until the list is as new as wanted.
    async fn fly(
        &self,
        provider: Provider,
        since: Timestamp,
        force_refresh: bool,
    ) -> Result<CachedListing, VersionsError> {
        let flight = format!("provider_versions/{provider}");
        let deadline = Instant::now() + Duration::from_millis(self.settings.wait_timeout_ms);
        let mut pause_ms = self.settings.poll_min_ms;
        loop {
            let lead = self.ports.flights.try_lead(&flight, &self.holder, self.settings.lease_ms).await?;
            // Read after the lead is decided: whoever led before has written by now.
            let read = self.ports.cache.read(provider).await?;
            let enough = read
                .listing
                .as_ref()
                .is_some_and(|row| row.checked_at >= since || (!force_refresh && row.expires_at > read.now));
            match (lead, read.listing) {
                (Some(fence), Some(listing)) if enough => {
                    self.ports.flights.release(&flight, fence).await?;
                    return Ok(listing);
                }
                (None, Some(listing)) if enough => return Ok(listing),
                (Some(fence), standing) => {
                    self.ports.meter.lock_taken(provider);
                    let outcome = self.lead(provider, &flight, fence, standing.as_ref()).await;
                    self.ports.flights.release(&flight, fence).await?;
                    if let Some(listing) = outcome? {
                        return Ok(listing);
                    }
                }
                (None, _) => {}
            }
            if Instant::now() >= deadline {
                return Err(VersionsError::WaitTimeout { limit_ms: self.settings.wait_timeout_ms });
            }
            tokio::time::sleep(self.jittered(pause_ms)).await;
            pause_ms = pause_ms.saturating_mul(2).min(self.settings.poll_max_ms);
        }
    }

    /// Asks the provider and writes what it says; `None` where the lead had passed on meanwhile.
    async fn lead(
        &self,
        provider: Provider,
        flight: &str,
        fence: FlightFence,
        standing: Option<&CachedListing>,
    ) -> Result<Option<CachedListing>, VersionsError> {
        let limit_ms = self.settings.fetch_timeout_ms;
        let ask = self.ports.source.list(provider, standing.and_then(CachedListing::provider_etag));
        let answer = tokio::time::timeout(Duration::from_millis(limit_ms), ask)
            .await
            .map_err(|_elapsed| VersionsError::FetchTimeout { limit_ms })?
            .map_err(VersionsError::Provider)?;
        let fresh: Option<(Vec<ListedModel>, String)> = match answer {
            Listing::Fresh { models, etag } => {
                let etag = listing::etag(&models, etag)?;
                Some((models, etag))
            }
            Listing::NotModified => None,
        };
        let etag = match (&fresh, standing) {
            (Some((_, etag)), _) => etag.as_str(),
            (None, Some(standing)) => standing.etag.as_str(),
            (None, None) => {
                return Err(VersionsError::Coord(
                    "the provider says \"not modified\" of a list that was never fetched".to_owned(),
                ));
            }
        };
        let write = CacheWrite {
            provider,
            models: fresh.as_ref().map(|(models, _)| models.as_slice()),
            etag,
            ttl_ms: self.settings.ttl_ms,
            flight,
            fence,
        };
        if !self.ports.cache.write(write).await? {
            tracing::warn!(%provider, fence = fence.0, "a fetched version list was discarded: the lead had passed on");
            return Ok(None);
        }
        Ok(self.ports.cache.read(provider).await?.listing)
    }

    /// Between half of `ms` and all of it.
    fn jittered(&self, ms: u64) -> Duration {
        let mut bytes = [0_u8; 8];
        self.ports.ids.fill(&mut bytes);
        let half = ms / 2;
        Duration::from_millis(half + u64::from_be_bytes(bytes) % (ms - half + 1))
    }
}
