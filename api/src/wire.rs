//! What goes over the wire: types of their own, so that no change inside changes an answer by accident.
//!
//! They read back what they write (clients in this workspace parse answers with them). Ids, digests (lower-case hexadecimal), moments (RFC 3339, UTC,
//! microseconds) and names of closed sets are strings; documents that were hashed are embedded byte for byte.

mod api_key;
mod attempt;
mod audit;
mod batch;
mod blocker;
mod canary;
mod decision;
mod drift;
mod fleet;
mod lock;
mod matrix;
mod page;
mod plan;
mod problem;
mod provider;
mod run;
mod schedule;
mod segment;
mod status;
mod submission;
mod template;
mod verification;

use serde_json::value::RawValue;

pub use api_key::{ApiKey, ApiKeys, CreatedApiKey, RevokedApiKey};
pub use attempt::{Attempt, Attempts, Exchange, Payload};
pub use audit::AuditEntry;
pub use batch::{Batch, BatchCounters};
pub use blocker::{Blocker, Blockers};
pub use canary::{CanaryLook, CanaryPrompt};
pub use decision::{Decision, PendingResume};
pub use drift::{Drift, Observation};
pub use fleet::{Fleet, FleetMember, FleetProvider, FleetQueue};
pub use lock::{Lock, LockKnownBy};
pub use matrix::{Matrix, MatrixPlace};
pub use page::Page;
pub use plan::{EstimatedTokens, Plan, PlannedCell, PlannedLock};
pub use problem::{Problem, ProblemField};
pub use provider::{Provider, ProviderVersions, Providers, Version};
pub use run::{Citation, Run, RunEnd, RunRecord, TokenUsage};
pub use schedule::{Schedule, ScheduleDecision, ScheduleFire, ScheduledBy};
pub use segment::Segment;
pub use status::Status;
pub use submission::{
    CancelBatch, CreateApiKey, CreateSchedule, CreateTemplate, DecideSchedule, PauseBatch, ResumeBatch,
    RetryCells, SubmitBatch, SubmitRun,
};
pub use template::Template;
pub use verification::{Finding, Verification};

/// A stored canonical document as it stands; `null` only where the stored bytes are no JSON, which a verification reports.
pub(crate) fn embedded(canonical: Vec<u8>) -> Box<RawValue> {
    String::from_utf8(canonical)
        .ok()
        .and_then(|text| RawValue::from_string(text).ok())
        .unwrap_or_else(|| RawValue::NULL.to_owned())
}

/// 32 bytes as the digests are spelt.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    stet_domain::Digest::from_bytes(*bytes).to_string()
}
