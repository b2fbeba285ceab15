//! What a batch's lock says and what answered, side by side.

use stet_domain::ids::BatchId;
use stet_store::{LockRow, ObservationRow};

use super::canary::CanaryReport;
use crate::{Actor, OpError, Operation, Ops};

/// Different observations that a report tells at most: more say nothing more.
const OBSERVATIONS_LIMIT: u32 = 200;

/// The report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The lock epochs, oldest first.
    pub locks: Vec<LockRow>,
    /// The one in force.
    pub lock_epoch: Option<i64>,
    /// What answered, by epoch, in the order in which it was first recorded.
    pub observations: Vec<ObservationRow>,
    /// The looks at the canary prompts, oldest first.
    pub canary: Vec<CanaryReport>,
}

impl Drift {
    /// The first run that differed from its lock.
    #[must_use]
    pub fn first(&self) -> Option<&ObservationRow> {
        self.observations.iter().find(|observation| observation.drift_kind.is_some())
    }
}

impl Ops {
    /// The lock epochs of a batch beside what answered under each: version, fingerprint, how many runs, and the first of them.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn get_drift(&self, actor: &Actor, id: BatchId) -> Result<Drift, OpError> {
        actor.may(Operation::GetDrift)?;
        let mut tx = self.store().read(&actor.org).await?;
        let view = tx.get_batch(id).await?.ok_or(OpError::not_found("batch"))?;
        let observations = tx.list_observations(id, OBSERVATIONS_LIMIT).await?;
        let canary = CanaryReport::of(&view.canary_looks);
        Ok(Drift { locks: view.locks, lock_epoch: view.control.lock_epoch, observations, canary })
    }
}
