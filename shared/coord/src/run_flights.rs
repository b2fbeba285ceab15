//! Single-flight per run: who hears of a run that another was told of a moment ago need not look at its row.

use async_trait::async_trait;
use stet_domain::ids::{OrgId, RunId};

/// The cheap first refusal of a doubled hint. The fence of the run's row decides whatever this says, so that it may let everything through and must never be
/// waited for.
#[async_trait]
pub trait RunFlights: Send + Sync {
    /// Those of the runs that nobody was told of a moment ago, in their order; all of them, where that cannot be found out.
    async fn untold(&self, runs: Vec<(OrgId, RunId)>) -> Vec<(OrgId, RunId)>;
}

/// Lets every hint through: the rows alone tell what is doubled.
#[derive(Debug, Clone, Copy, Default)]
pub struct EveryHint;

#[async_trait]
impl RunFlights for EveryHint {
    async fn untold(&self, runs: Vec<(OrgId, RunId)>) -> Vec<(OrgId, RunId)> {
        runs
    }
}
