//! A database per test, and a provider that answers when told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use stet_coord::{
    CacheRead, CacheWrite, CoordError, FlightMeter, ProviderVersions, VersionCache, VersionsPorts,
    VersionsSettings,
};
use stet_domain::Provider;
use stet_domain::clock::{Ids, Timestamp};
use stet_domain::versions::{ListedModel, Listing, ListingFailure, VersionSource};
use stet_testkit::{Process, TempDatabase, TempRedis};
use tokio::sync::Semaphore;
use ulid::Ulid;

/// A database of the run's engine; every [`Database::open`] is another process to it.
pub(crate) struct Database(TempDatabase);

impl Database {
    pub(crate) async fn new() -> Self {
        Self(TempDatabase::open().await)
    }

    /// One with that Redis in front, whatever the run is about.
    pub(crate) async fn behind(redis: &TempRedis) -> Self {
        Self(TempDatabase::behind(redis.url()).await)
    }

    pub(crate) async fn open(&self) -> Process {
        self.0.process().await
    }

    /// Runs SQL past the port.
    pub(crate) async fn sql(&self, statement: &str) {
        self.0.sql(statement).await;
    }

    /// The one number that a query past the port answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.0.number(query).await
    }

    /// Returns once the database's clock, which may count milliseconds, has left that moment.
    pub(crate) async fn past(&self, moment: Timestamp) {
        let coord = self.open().await;
        while coord.cache.read(Provider::OpenAi).await.unwrap().now <= moment {
            tokio::task::yield_now().await;
        }
    }

    /// The lists of one process over this database.
    pub(crate) async fn process(
        &self,
        name: &str,
        source: Arc<dyn VersionSource>,
        meter: Arc<Meter>,
        settings: VersionsSettings,
    ) -> ProviderVersions {
        let coord = self.open().await;
        let ports = VersionsPorts {
            flights: coord.flights,
            cache: Arc::new(WatchedCache(coord.cache)),
            source,
            ids: Arc::new(CountingIds::default()),
            meter,
        };
        ProviderVersions::new(ports, name.to_owned(), settings)
    }
}

/// Short pauses, long bounds.
pub(crate) fn settings() -> VersionsSettings {
    VersionsSettings { poll_min_ms: 2, poll_max_ms: 20, ..VersionsSettings::default() }
}

tokio::task_local! {
    /// Set for a caller, whose first look at the cache is counted; flights run in tasks of their own.
    pub(crate) static BEGUN: Arc<AtomicUsize>;
}

/// The real cache, telling when callers have begun.
struct WatchedCache(Arc<dyn VersionCache>);

#[async_trait]
impl VersionCache for WatchedCache {
    async fn read(&self, provider: Provider) -> Result<CacheRead, CoordError> {
        let read = self.0.read(provider).await;
        // Outside a caller nobody counts.
        BEGUN.try_with(|begun| begun.fetch_add(1, Ordering::SeqCst)).ok();
        read
    }

    async fn write(&self, write: CacheWrite<'_>) -> Result<bool, CoordError> {
        self.0.write(write).await
    }
}

#[derive(Default)]
struct CountingIds(AtomicU64);

impl Ids for CountingIds {
    fn ulid(&self) -> Ulid {
        Ulid(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }

    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes()[7]);
    }
}

/// Counts leads.
#[derive(Default)]
pub(crate) struct Meter(pub(crate) AtomicUsize);

impl FlightMeter for Meter {
    fn lock_taken(&self, _provider: Provider) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A provider that answers one list a permit.
pub(crate) struct Source {
    pub(crate) asked: AtomicUsize,
    pub(crate) gate: Semaphore,
    pub(crate) etag: Option<String>,
    pub(crate) fails: bool,
}

impl Source {
    /// One that answers at once.
    pub(crate) fn open() -> Self {
        Self { asked: AtomicUsize::new(0), gate: Semaphore::new(1_000), etag: None, fails: false }
    }

    /// One that waits for permits.
    pub(crate) fn closed() -> Self {
        Self { gate: Semaphore::new(0), ..Self::open() }
    }

    pub(crate) fn calls(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl VersionSource for Source {
    async fn list(&self, _provider: Provider, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        let call = self.asked.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        if self.fails {
            let code = stet_domain::code::ErrorCode::ProviderServerError;
            return Err(ListingFailure { code, detail: "503".to_owned() });
        }
        if etag.is_some() && etag == self.etag.as_deref() {
            return Ok(Listing::NotModified);
        }
        let model = ListedModel { id: format!("model-{call}"), mark: None, shutdown_date: None };
        Ok(Listing::Fresh { models: vec![model], etag: self.etag.clone() })
    }
}
