//! What a run waits for.

use serde::{Deserialize, Serialize};
use stet_ops::{RunBlocker, RunBlockers};
use utoipa::ToSchema;

/// Where a run stands and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blockers {
    /// `run_…`.
    pub run_id: String,
    /// Where it stands.
    pub status: String,
    /// All that it waits for; nothing where it runs or has ended.
    pub blockers: Vec<Blocker>,
}

/// One thing that a run waits for; what does not belong to its kind is `null`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blocker {
    /// `preflight`, `paused`, `retry`, `max_parallel`, `provider`, or `slot`: it is due and waits for its turn and a worker's free slot.
    pub kind: String,
    /// Until when; `null` where no moment is known.
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// Of `paused`: `operator`, `drift`, `preflight` or `provider_outage`.
    pub pause_reason: Option<String>,
    /// Of `paused`: by whom.
    pub by: Option<String>,
    /// Of `paused`: since when.
    #[schema(format = DateTime)]
    pub since: Option<String>,
    /// Of `paused`: why, in words; of `provider`: the code of the answer that closed the gate.
    pub reason: Option<String>,
    /// Of `provider`: which.
    pub provider: Option<String>,
    /// Of `provider`: `blocked` (it said to wait), `requests`, `tokens` or `concurrency`.
    pub gate: Option<String>,
    /// Of `max_parallel`: cells of the batch at once.
    pub max_parallel: Option<u32>,
}

impl From<RunBlockers> for Blockers {
    fn from(found: RunBlockers) -> Self {
        Self {
            run_id: found.run.to_string(),
            status: found.status.to_string(),
            blockers: found.blockers.into_iter().map(Blocker::from).collect(),
        }
    }
}

impl Blocker {
    fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), ..Self::default() }
    }
}

impl From<RunBlocker> for Blocker {
    fn from(blocker: RunBlocker) -> Self {
        match blocker {
            RunBlocker::Preflight => Self::of("preflight"),
            RunBlocker::Paused { cause, by, since, reason } => Self {
                pause_reason: Some(cause.to_string()),
                by: Some(by),
                since: Some(since.to_string()),
                reason,
                ..Self::of("paused")
            },
            RunBlocker::Retry { at } => Self { until: Some(at.to_string()), ..Self::of("retry") },
            RunBlocker::MaxParallel { most } => Self { max_parallel: Some(most), ..Self::of("max_parallel") },
            RunBlocker::Provider { provider, gate, until, reason } => Self {
                provider: Some(provider.to_string()),
                gate: Some(gate.to_string()),
                until: until.map(|until| until.to_string()),
                reason: reason.map(|code| code.to_string()),
                ..Self::of("provider")
            },
            RunBlocker::Slot => Self::of("slot"),
        }
    }
}
