//! What a batch's locks say, and what answered.

use serde::{Deserialize, Serialize};
use stet_store::ObservationRow;
use utoipa::ToSchema;

use super::{CanaryLook, Lock};

/// Locks and what answered under them, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Drift {
    /// The lock epoch in force.
    pub lock_epoch: Option<i64>,
    /// The lock epochs, oldest first.
    pub locks: Vec<Lock>,
    /// What answered, in the order in which it was first recorded.
    pub observations: Vec<Observation>,
    /// The first run that differed from its lock; `null` where none does.
    pub first_drifted: Option<Observation>,
    /// The looks at the template's canary prompts, oldest first: evidence of its own kind, never a verdict.
    pub canary: Vec<CanaryLook>,
}

/// Runs that were answered alike under one lock epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// The epoch that they were judged by; `null` for none.
    pub lock_epoch: Option<i64>,
    /// The version that answered.
    pub model_version: String,
    /// The fingerprint that answered; `null` where none was offered.
    pub model_fingerprint: Option<String>,
    /// `version_changed`, `fingerprint_changed` or `echo_changed`; `null` where it is what the lock says.
    pub drift_kind: Option<String>,
    /// How many runs.
    pub runs: u64,
    /// The first of them that was recorded.
    pub first_run: String,
    /// Its cell.
    pub batch_run_index: u32,
    /// Its locale.
    pub locale: String,
    /// Its mode.
    pub grounding_mode: String,
    /// Its replicate.
    pub replicate_index: u32,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub recorded_at: String,
}

impl From<stet_ops::Drift> for Drift {
    fn from(drift: stet_ops::Drift) -> Self {
        let first_drifted = drift.first().cloned().map(Observation::from);
        Self {
            lock_epoch: drift.lock_epoch,
            locks: drift.locks.into_iter().map(Lock::from).collect(),
            observations: drift.observations.into_iter().map(Observation::from).collect(),
            first_drifted,
            canary: drift.canary.into_iter().map(CanaryLook::from).collect(),
        }
    }
}

impl From<ObservationRow> for Observation {
    fn from(row: ObservationRow) -> Self {
        Self {
            lock_epoch: row.lock_epoch,
            model_version: row.model_version,
            model_fingerprint: row.model_fingerprint,
            drift_kind: row.drift_kind.map(|kind| kind.to_string()),
            runs: row.runs,
            first_run: row.first_run.to_string(),
            batch_run_index: row.batch_run_index,
            locale: row.locale,
            grounding_mode: row.grounding_mode.to_string(),
            replicate_index: row.replicate_index,
            recorded_at: row.recorded_at.to_string(),
        }
    }
}
