//! What can go wrong in coordination.

use stet_domain::versions::ListingFailure;

/// A failure of the engine that coordinates.
#[derive(Debug, thiserror::Error)]
#[error("the coordination database failed at {what}: {detail}")]
pub struct CoordError {
    /// What was being done.
    pub what: &'static str,
    /// What the engine said.
    pub detail: String,
    /// The engine's error, where there is one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why no list of versions could be had; callers that shared a flight share it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VersionsError {
    /// The provider did not give its list.
    #[error("the provider's list could not be fetched: {0}")]
    Provider(#[source] ListingFailure),
    /// The fetch did not end within its bound.
    #[error("the provider's list did not come within {limit_ms} ms")]
    FetchTimeout {
        /// The bound.
        limit_ms: u64,
    },
    /// Another process leads and did not end within the bound.
    #[error("another process is fetching the list and did not end within {limit_ms} ms")]
    WaitTimeout {
        /// The bound.
        limit_ms: u64,
    },
    /// The coordination database failed.
    #[error("{0}")]
    Coord(String),
    /// The task that led the flight in this process ended without a result.
    #[error("the fetch was interrupted")]
    Interrupted,
}

impl From<CoordError> for VersionsError {
    fn from(error: CoordError) -> Self {
        Self::Coord(error.to_string())
    }
}
