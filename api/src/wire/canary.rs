//! Looks at the canary prompts of a batch.

use serde::{Deserialize, Serialize};
use stet_domain::canary::{CanaryAnswer, CanaryOutcome};
use stet_ops::CanaryReport;
use utoipa::ToSchema;

/// One look at the canary prompts, beside the look that it is compared with: evidence of silent change, and no verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CanaryLook {
    /// The lock epoch that it opened, or that a resume under the same lock let go on.
    pub lock_epoch: i64,
    /// The epoch whose first look it is compared with; `null` of the first look.
    pub compared_with: Option<i64>,
    /// Prompts whose output is another; `null` where there is nothing to compare with.
    pub changed: Option<u32>,
    /// Prompts that were answered at both looks: the share that changed is `changed` of `total`.
    pub total: Option<u32>,
    /// What each prompt brought, in the template's order.
    pub prompts: Vec<CanaryPrompt>,
    /// When.
    #[schema(format = DateTime)]
    pub observed_at: String,
}

/// What one prompt brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CanaryPrompt {
    /// The digest of the output as text; `null` where there is none.
    pub output_sha256: Option<String>,
    /// Why there is none.
    pub error_code: Option<String>,
    /// Whether the output is another; `null` where one of the two looks has none, or asked otherwise.
    pub changed: Option<bool>,
}

impl From<CanaryReport> for CanaryLook {
    fn from(report: CanaryReport) -> Self {
        let share = report.share();
        let before = report.baseline.as_ref().map_or(&[][..], |baseline| &baseline.outcomes.0);
        let outcomes = report.outcomes.as_ref().map_or(&[][..], |outcomes| &outcomes.0);
        let earlier = before.iter().map(Some).chain(std::iter::repeat(None));
        Self {
            lock_epoch: report.lock_epoch,
            compared_with: report.baseline.as_ref().map(|baseline| baseline.lock_epoch),
            changed: share.map(|share| share.changed),
            total: share.map(|share| share.total),
            prompts: outcomes.iter().zip(earlier).map(|(now, before)| prompt(now, before)).collect(),
            observed_at: report.observed_at.to_string(),
        }
    }
}

fn prompt(now: &CanaryOutcome, before: Option<&CanaryOutcome>) -> CanaryPrompt {
    let (output_sha256, error_code) = match now.answer {
        CanaryAnswer::Output(digest) => (Some(digest.to_string()), None),
        CanaryAnswer::Failed(code) => (None, Some(code.to_string())),
    };
    let changed = before.and_then(|before| now.changed_since(before));
    CanaryPrompt { output_sha256, error_code, changed }
}
