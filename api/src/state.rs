//! What the handlers stand on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secrecy::SecretSlice;
use stet_ops::Ops;

/// The secret that cursors are signed under: at least 32 bytes, the same on every replica; never printed.
#[derive(Clone)]
pub struct CursorKey(pub(crate) Arc<SecretSlice<u8>>);

impl CursorKey {
    /// A key of the given bytes.
    #[must_use]
    pub fn new(secret: SecretSlice<u8>) -> Self {
        Self(Arc::new(secret))
    }
}

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey([REDACTED])")
    }
}

/// Bounds on requests, with their defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiOptions {
    /// How long a request's body may take to arrive.
    pub body_timeout: Duration,
    /// How long an operation may take, a wait that the client asked for not counted.
    pub handler_timeout: Duration,
    /// How long `POST …/run` waits for the run's end where the client does not say.
    pub run_wait: Duration,
}

impl Default for ApiOptions {
    fn default() -> Self {
        Self {
            body_timeout: Duration::from_secs(30),
            handler_timeout: Duration::from_mins(1),
            run_wait: Duration::from_secs(30),
        }
    }
}

/// Whether this process wants traffic: `/readyz` says no once it drains (reliability.md rule 12).
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on `/readyz` answers 503.
    pub fn drain(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether [`Readiness::drain`] was called.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Renders the process's metrics.
#[derive(Clone)]
pub struct MetricsText(Arc<dyn Fn() -> String + Send + Sync>);

impl MetricsText {
    /// What `render` answers when it is asked.
    #[must_use]
    pub fn new(render: Arc<dyn Fn() -> String + Send + Sync>) -> Self {
        Self(render)
    }

    pub(crate) fn render(&self) -> String {
        (self.0)()
    }
}

impl fmt::Debug for MetricsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricsText")
    }
}

/// The state of the router: cheap to clone.
#[derive(Debug, Clone)]
pub struct ApiState {
    /// The operations.
    pub ops: Ops,
    /// Signs cursors.
    pub cursor_key: CursorKey,
    /// Bounds on requests.
    pub options: ApiOptions,
    /// What `/readyz` answers from, beside the database.
    pub readiness: Readiness,
    /// What `/metrics` answers.
    pub metrics: MetricsText,
}
