//! The bell that hints at runs which the rows say are due.

use std::time::Instant;

use async_trait::async_trait;

use crate::ids::{OrgId, RunId};
use crate::trace::TraceParent;

/// A bell that could not be rung; nothing is lost with it but time.
#[derive(Debug, thiserror::Error)]
#[error("the queue cannot be used")]
pub struct BellError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Hints at runs to whoever executes them, in another process. The rows own the runs: a hint may be lost, doubled or late without harm (reliability.md).
#[async_trait]
pub trait Bell: Send + Sync {
    /// Hints at these runs; `trace` is that of the one request which made them due, where it was one.
    async fn ring(&self, runs: &[(OrgId, RunId)], trace: Option<&TraceParent>) -> Result<(), BellError>;

    /// How many hints nobody has taken yet; a count that is larger than any window may stop short.
    async fn waiting(&self) -> Result<u64, BellError>;

    /// Forgets hints that were taken or are too old to matter, and what is left of processes that are gone; answers how many.
    async fn prune(&self) -> Result<u64, BellError>;
}

/// A hint as a listener heard it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// What it hints at.
    pub runs: Vec<(OrgId, RunId)>,
    /// When it was heard, by the process's own clock.
    pub at: Instant,
}

impl Heard {
    /// One that was heard just now.
    #[must_use]
    pub fn now(runs: Vec<(OrgId, RunId)>) -> Self {
        Self { runs, at: Instant::now() }
    }
}
