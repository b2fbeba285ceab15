//! The metric of single-flight.

use stet_domain::Provider;

/// Where single-flight counts its leads.
pub trait FlightMeter: Send + Sync {
    /// A lead was taken: `provider_cache_singleflight_locks_total{provider}` goes up by one.
    fn lock_taken(&self, provider: Provider);
}

/// Counts nothing: for processes without metrics.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMeter;

impl FlightMeter for NoMeter {
    fn lock_taken(&self, _provider: Provider) {}
}
