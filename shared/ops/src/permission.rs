//! The one table of who may do what (api.md, "Authentication and roles").

use stet_domain::role::Role;

macro_rules! operations {
    ($($variant:ident $name:literal $role:ident,)+) => {
        /// An operation that takes an [`crate::Actor`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Operation { $(#[doc = concat!("`", $name, "`.")] $variant,)+ }

        impl Operation {
            /// Every operation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name of its method.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The least role that may do it.
            #[must_use]
            pub const fn role(self) -> Role {
                match self { $(Self::$variant => Role::$role,)+ }
            }
        }
    };
}

operations! {
    GetTemplate "get_template" Viewer,
    ListTemplates "list_templates" Viewer,
    DiffTemplates "diff_templates" Viewer,
    VerifyTemplate "verify_template" Viewer,
    GetBatch "get_batch" Viewer,
    ListBatches "list_batches" Viewer,
    ListPreflightAttempts "list_preflight_attempts" Viewer,
    VerifyBatch "verify_batch" Viewer,
    GetDrift "get_drift" Viewer,
    GetMatrix "get_matrix" Viewer,
    GetRun "get_run" Viewer,
    ListRuns "list_runs" Viewer,
    ListAttempts "list_attempts" Viewer,
    VerifyRun "verify_run" Viewer,
    RunBlockers "run_blockers" Viewer,
    GetSegment "get_segment" Viewer,
    ListSegments "list_segments" Viewer,
    VerifySegment "verify_segment" Viewer,
    GetSchedule "get_schedule" Viewer,
    ListSchedules "list_schedules" Viewer,
    ListFires "list_fires" Viewer,
    ListProviders "list_providers" Viewer,
    ProviderVersions "provider_versions" Viewer,
    CreateTemplate "create_template" Submitter,
    SubmitRun "submit_run" Submitter,
    PlanBatch "plan_batch" Submitter,
    SubmitBatch "submit_batch" Submitter,
    CreateSchedule "create_schedule" Submitter,
    PauseBatch "pause_batch" Operator,
    ResumeBatch "resume_batch" Operator,
    CancelBatch "cancel_batch" Operator,
    RetryCells "retry_cells" Operator,
    PauseSchedule "pause_schedule" Operator,
    ResumeSchedule "resume_schedule" Operator,
    EndSchedule "end_schedule" Operator,
    GetFleet "get_fleet" Operator,
    RefreshProviderVersions "refresh_provider_versions" Operator,
    CreateApiKey "create_api_key" Admin,
    ListApiKeys "list_api_keys" Admin,
    RevokeApiKey "revoke_api_key" Admin,
    ListAudit "list_audit" Admin,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, OpError};

    #[test]
    fn a_role_passes_exactly_what_it_includes() {
        for role in Role::ALL {
            let actor = Actor {
                org: "default".parse().unwrap(),
                key_id: "0123456789abcdef".parse().unwrap(),
                role: *role,
            };
            for operation in Operation::ALL {
                let verdict = actor.may(*operation);
                if *role >= operation.role() {
                    assert!(verdict.is_ok(), "{role} {}", operation.name());
                } else {
                    assert!(matches!(verdict, Err(OpError::Forbidden { .. })), "{role} {}", operation.name());
                }
            }
        }
    }

    #[test]
    fn nothing_that_writes_is_open_to_a_viewer() {
        for operation in Operation::ALL.iter().filter(|operation| operation.role() == Role::Viewer) {
            let name = operation.name();
            let reads = ["get_", "list_", "verify_", "diff_", "provider_", "run_blockers"]
                .iter()
                .any(|p| name.starts_with(p));
            assert!(reads, "{name}");
        }
    }
}
