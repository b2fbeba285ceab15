//! The one table of what each operation of the document asks of its caller (api.md, "Authentication and roles").

use stet_domain::role::Role;
use stet_ops::Operation;

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: it shows no org's data.
    Open,
    /// A key whose role includes the operation's.
    Key(Operation),
}

impl Access {
    /// The least role; `None` where no key is asked for.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Open => None,
            Self::Key(operation) => Some(operation.role()),
        }
    }
}

/// Every `operationId` with what it asks. `?force_refresh=true` and `?dry_run=true` are judged once more by their operations.
pub const ACCESS: &[(&str, Access)] = &[
    ("create_template", Access::Key(Operation::CreateTemplate)),
    ("list_templates", Access::Key(Operation::ListTemplates)),
    ("get_template", Access::Key(Operation::GetTemplate)),
    ("diff_templates", Access::Key(Operation::DiffTemplates)),
    ("verify_template", Access::Key(Operation::VerifyTemplate)),
    ("run_template", Access::Key(Operation::SubmitRun)),
    ("batch_run_template", Access::Key(Operation::SubmitBatch)),
    ("list_template_runs", Access::Key(Operation::ListRuns)),
    ("list_batches", Access::Key(Operation::ListBatches)),
    ("get_batch", Access::Key(Operation::GetBatch)),
    ("list_batch_runs", Access::Key(Operation::ListRuns)),
    ("list_preflight_attempts", Access::Key(Operation::ListPreflightAttempts)),
    ("verify_batch", Access::Key(Operation::VerifyBatch)),
    ("get_drift", Access::Key(Operation::GetDrift)),
    ("get_matrix", Access::Key(Operation::GetMatrix)),
    ("pause_batch", Access::Key(Operation::PauseBatch)),
    ("resume_batch", Access::Key(Operation::ResumeBatch)),
    ("cancel_batch", Access::Key(Operation::CancelBatch)),
    ("retry_cells", Access::Key(Operation::RetryCells)),
    ("create_schedule", Access::Key(Operation::CreateSchedule)),
    ("list_schedules", Access::Key(Operation::ListSchedules)),
    ("get_schedule", Access::Key(Operation::GetSchedule)),
    ("list_fires", Access::Key(Operation::ListFires)),
    ("pause_schedule", Access::Key(Operation::PauseSchedule)),
    ("resume_schedule", Access::Key(Operation::ResumeSchedule)),
    ("end_schedule", Access::Key(Operation::EndSchedule)),
    ("get_run", Access::Key(Operation::GetRun)),
    ("list_attempts", Access::Key(Operation::ListAttempts)),
    ("verify_run", Access::Key(Operation::VerifyRun)),
    ("run_blockers", Access::Key(Operation::RunBlockers)),
    ("list_segments", Access::Key(Operation::ListSegments)),
    ("get_segment", Access::Key(Operation::GetSegment)),
    ("verify_segment", Access::Key(Operation::VerifySegment)),
    ("list_providers", Access::Key(Operation::ListProviders)),
    ("provider_versions", Access::Key(Operation::ProviderVersions)),
    ("get_fleet", Access::Key(Operation::GetFleet)),
    ("create_api_key", Access::Key(Operation::CreateApiKey)),
    ("list_api_keys", Access::Key(Operation::ListApiKeys)),
    ("revoke_api_key", Access::Key(Operation::RevokeApiKey)),
    ("list_audit", Access::Key(Operation::ListAudit)),
    ("livez", Access::Open),
    ("readyz", Access::Open),
    ("metrics", Access::Open),
    ("openapi", Access::Open),
    ("docs", Access::Open),
];

/// What the operation asks; nobody may call one that the table does not name.
#[must_use]
pub fn access(operation_id: &str) -> Option<Access> {
    ACCESS.iter().find(|(id, _)| *id == operation_id).map(|(_, access)| *access)
}
