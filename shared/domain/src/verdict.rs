//! What an answer is worth: pure judgement of one run (system.md, "A batch" 4 and 5).

mod case;
mod identity;
mod judge;
mod output;
mod schema;
mod step2;

use crate::code::ErrorCode;
use crate::drift::{DriftKind, DriftPolicy};
use crate::echo::EchoDigests;
use crate::evidence::Grounding;
use crate::lock::{Lock, Observation};
use crate::mode::GroundingMode;
use crate::run::{RunEvent, RunStatus};
use crate::template::Template;

pub use identity::{MAX_DETAIL_CHARS, Offence, check_observation, drift};
pub use judge::{is_worth_reshaping, judge};
pub use output::{JudgedOutput, OutputForm, hash_output};
pub use schema::{InvalidSchema, MAX_PATTERNS, OutputSchema, PATTERN_SIZE_LIMIT_BYTES};
pub use step2::Step2;

/// What the answers of one cell are held to; everything in it is prepared once a batch, not once a run.
#[derive(Debug, Clone, Copy)]
pub struct Standard<'a> {
    /// The template.
    pub template: &'a Template,
    /// Its compiled schema, from [`OutputSchema::of`]; `None` unless its output is strict.
    pub schema: Option<&'a OutputSchema>,
    /// The cell's mode.
    pub mode: GroundingMode,
    /// The lock that the run was claimed under; `None` for a single run.
    pub lock: Option<&'a Lock>,
    /// The version that an operator accepted in place of the template's, as the lock's epoch has it.
    pub lock_version: Option<&'a str>,
    /// The lock's digests of echoed settings; those that it has are compared.
    pub lock_echo: EchoDigests,
    /// What a drifted result leads to.
    pub drift_policy: DriftPolicy,
}

/// The judgement of a run that brought an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `Succeeded`, `Failed` or `Quarantined`.
    pub status: RunStatus,
    /// Why it did not succeed.
    pub error_code: Option<ErrorCode>,
    /// What is known of it, with value and limit.
    pub error_detail: Option<String>,
    /// What differs from the lock; also set where the policy `warn` keeps the result.
    pub drift_kind: Option<DriftKind>,
    /// What answered; of two answers the one that is not of the model that is asked for, where one is not.
    pub observed: Option<Observation>,
    /// What the evidence says.
    pub grounding: Grounding,
    /// The output, also of a run that failed or was quarantined; `None` where there was none.
    pub output: Option<JudgedOutput>,
    /// Whether the reshaping step shows a tool; `None` without an answer of one.
    pub step2_tools_invoked: Option<bool>,
    /// The digest of the text that the reshaping step was given; `None` without one.
    pub step2_source_ref: Option<String>,
}

impl Verdict {
    /// The event that this verdict is for the run's state machine.
    #[must_use]
    pub const fn event(&self) -> RunEvent {
        match self.status {
            RunStatus::Succeeded => RunEvent::Succeed,
            RunStatus::Quarantined => RunEvent::Quarantine,
            RunStatus::Failed
            | RunStatus::Cancelled
            | RunStatus::Pending
            | RunStatus::Queued
            | RunStatus::Running => RunEvent::Fail,
        }
    }

    /// Whether the batch must pause with this result: it drifted under the policy `hard`.
    #[must_use]
    pub const fn pauses_batch(&self) -> bool {
        matches!(self.status, RunStatus::Quarantined)
    }
}

#[cfg(test)]
mod tests;
