//! Batches.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_ops::CanaryReport;
use stet_store::BatchView;
use utoipa::ToSchema;

use super::{CanaryLook, Lock, PendingResume, ScheduledBy, embedded};

/// A batch: its definition, where it stands, its counters and lock epochs.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Batch {
    /// `bat_…`.
    pub id: String,
    /// What it runs.
    pub template_id: String,
    /// canonical.md §5.
    pub batch_sha256: String,
    /// canonical.md §5.
    pub plan_sha256: String,
    /// Canonical locales, sorted.
    pub locales: Vec<String>,
    /// Modes in expansion order.
    pub grounding_modes: Vec<String>,
    /// Replicates of each (locale, mode).
    pub replicates: u32,
    /// How many cells that makes.
    pub cells: u64,
    /// The inputs, defaults filled in; left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub inputs: Option<Box<RawValue>>,
    /// canonical.md §5.
    pub inputs_sha256: String,
    /// What a drifted result leads to.
    pub drift_policy: String,
    /// At most so many cells at once.
    pub max_parallel: Option<u32>,
    /// `preflight`, `running`, `paused`, `completed`, `cancelled` or `failed`.
    pub status: String,
    /// Why it is paused: `operator`, `drift`, `preflight` or `provider_outage`.
    pub pause_reason: Option<String>,
    /// What the last change says in words.
    pub reason: Option<String>,
    /// Who made the last change: an API key's id, or `stet`.
    pub changed_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub changed_at: String,
    /// What an operator asked for while it is paused, until a look at the model decides it.
    pub resume: Option<PendingResume>,
    /// The lock epoch in force.
    pub lock_epoch: Option<i64>,
    /// Its lock epochs, oldest first.
    pub locks: Vec<Lock>,
    /// The looks at the template's canary prompts, oldest first; left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<Vec<CanaryLook>>,
    /// How often preflight was tried.
    pub preflight_attempts: u32,
    /// Where its cells stand.
    pub counters: BatchCounters,
    /// The API key that submitted it.
    pub created_by: String,
    /// The schedule and due time that made it; left out where a person did, and in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduledBy>,
    /// When it was accepted.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When its last cell ended.
    #[schema(format = DateTime)]
    pub completed_at: Option<String>,
}

/// How many current cells stand where; they sum up to `cells`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchCounters {
    /// Not started.
    pub pending: u64,
    /// A hint is in a queue.
    pub queued: u64,
    /// Under a lease.
    pub running: u64,
    /// Ended with a result.
    pub succeeded: u64,
    /// Ended in an error.
    pub failed: u64,
    /// Called off.
    pub cancelled: u64,
    /// Kept apart for drift.
    pub quarantined: u64,
}

impl Batch {
    /// As lists show it.
    pub(crate) fn summary(view: BatchView) -> Self {
        Self { inputs: None, canary: None, ..Self::from(view) }
    }
}

impl From<BatchView> for Batch {
    fn from(view: BatchView) -> Self {
        let BatchView { row, control, resume, counters, locks, canary_looks, scheduled, completed_at } = view;
        Self {
            id: row.id.to_string(),
            template_id: row.template.to_string(),
            batch_sha256: row.batch_sha256.to_string(),
            plan_sha256: row.plan_sha256.to_string(),
            locales: row.locales,
            grounding_modes: row.grounding_modes.iter().map(ToString::to_string).collect(),
            replicates: row.replicates,
            cells: row.cells,
            inputs: Some(embedded(row.inputs)),
            inputs_sha256: row.inputs_sha256.to_string(),
            drift_policy: row.drift_policy.to_string(),
            max_parallel: row.max_parallel,
            status: control.status.to_string(),
            pause_reason: control.pause_reason.map(|reason| reason.to_string()),
            reason: control.reason,
            changed_by: control.changed_by,
            changed_at: control.changed_at.to_string(),
            resume: resume.map(PendingResume::from),
            lock_epoch: control.lock_epoch,
            locks: locks.into_iter().map(Lock::from).collect(),
            canary: Some(CanaryReport::of(&canary_looks).into_iter().map(CanaryLook::from).collect()),
            preflight_attempts: control.preflight_attempts,
            counters: BatchCounters {
                pending: counters.pending,
                queued: counters.queued,
                running: counters.running,
                succeeded: counters.succeeded,
                failed: counters.failed,
                cancelled: counters.cancelled,
                quarantined: counters.quarantined,
            },
            created_by: row.created_by,
            schedule: scheduled.map(ScheduledBy::from),
            created_at: row.created_at.to_string(),
            completed_at: completed_at.map(|at| at.to_string()),
        }
    }
}
