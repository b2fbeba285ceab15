//! The end of a run that was lost with its process too often.

use stet_domain::Digest;
use stet_domain::code::ErrorCode;
use stet_domain::provenance::{Asked, Came, Provenance};
use stet_domain::run::RunStatus;
use stet_domain::template::Template;
use stet_domain::usage::TokenUsage;
use stet_store::{ClaimedRun, CommitRow, OutputRow, RunEnd};

use super::RunResult;
use crate::{OpError, Ops};

impl Ops {
    /// The sealed commit of a poisoned run: `failed`, POISON, and no answer, for none of its attempts recorded one.
    pub(super) fn poisoned(
        &self,
        template_sha256: Digest,
        template: &Template,
        claimed: &ClaimedRun,
    ) -> Result<CommitRow, OpError> {
        let row = &claimed.row;
        let locale = row.locale.parse().map_err(|refusal| {
            OpError::internal("reading a stored locale", &format!("{}: {refusal}", row.id))
        })?;
        let asked = Asked {
            template_sha256,
            inputs_sha256: row.inputs_sha256,
            provider: template.provider,
            api: None,
            lock_version: claimed.lock.as_ref().and_then(|lock| lock.lock_version.as_deref()),
            locale,
            locale_index: row.batch.map(|_| row.locale_index),
            grounding_mode: row.grounding_mode,
            replicate_index: row.batch.map(|_| row.replicate_index),
            als: None,
            provoker_value: None,
        };
        let provenance = Provenance::of(&asked, &Came::Nothing { error_code: ErrorCode::Poison });
        let detail = format!("lost with its process {} times", self.parts.settings.crash_limit);
        let result = RunResult {
            status: RunStatus::Failed,
            end: unanswered(ErrorCode::Poison, detail),
            output: OutputRow {
                output: None,
                step1_text: None,
                als_block_text: None,
                provenance: provenance.canonical,
                citations: Vec::new(),
            },
            exchanges: Vec::new(),
            finished_at: self.parts.clock.now(),
        };
        self.seal_run(claimed, result)
    }
}

/// The typed columns of a run that brought no answer.
fn unanswered(code: ErrorCode, detail: String) -> RunEnd {
    RunEnd {
        error_code: Some(code),
        error_detail: Some(detail),
        drift_kind: None,
        model_version_effective: None,
        model_fingerprint: None,
        search_performed: None,
        grounded_effective: None,
        why_not_grounded: None,
        response_output_sha256: None,
        output_json_valid: None,
        als_block_sha256: None,
        als_variant_id: None,
        usage: TokenUsage::default(),
        run_sha256: None,
        record_hmac: None,
        record_key_id: None,
    }
}
