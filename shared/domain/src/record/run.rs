//! The record of a terminal run: everything that is stored of it, clock and counts included.

use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::Locale;
use crate::citation::Citation;
use crate::clock::Timestamp;
use crate::code::ErrorCode;
use crate::drift::DriftKind;
use crate::evidence::WhyNotGrounded;
use crate::ids::{BatchId, Fence, OrgId, RunId, TemplateId};
use crate::mode::GroundingMode;
use crate::run::RunStatus;
use crate::usage::TokenUsage;

/// Every stored column of a terminal run but its seal; its lease and due time, which end with it, are none of them.
#[derive(Debug, Clone, Copy)]
pub struct RunRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its id.
    pub id: RunId,
    /// What it ran.
    pub template: TemplateId,
    /// Its batch; `None` for a single run.
    pub batch: Option<BatchId>,
    /// Its cell; 0 for a single run.
    pub batch_run_index: u32,
    /// How often the cell was run again.
    pub rerun_index: u32,
    /// The canonical locale.
    pub locale: Locale,
    /// The locale's place in the batch; 0 for a single run.
    pub locale_index: u32,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
    /// The inputs in canonical JSON.
    pub inputs: &'a [u8],
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// `Succeeded`, `Failed` or `Quarantined`.
    pub status: RunStatus,
    /// The claim that ended it.
    pub fence: Fence,
    /// Attempts that ended in a retryable error.
    pub retry_index: u32,
    /// Attempts that were lost with their process.
    pub crash_count: u32,
    /// The lock epoch that it was judged by.
    pub lock_epoch: Option<i64>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it became terminal.
    pub finished_at: Timestamp,
    /// Why it did not succeed.
    pub error_code: Option<ErrorCode>,
    /// What is known of it.
    pub error_detail: Option<&'a str>,
    /// What differs from the lock.
    pub drift_kind: Option<DriftKind>,
    /// The version that answered.
    pub model_version_effective: Option<&'a str>,
    /// The fingerprint that answered.
    pub model_fingerprint: Option<&'a str>,
    /// Whether a search took place.
    pub search_performed: Option<bool>,
    /// Whether the answer rests on one.
    pub grounded_effective: Option<bool>,
    /// Why it does not.
    pub why_not_grounded: Option<WhyNotGrounded>,
    /// The output exactly as answered.
    pub output: Option<&'a [u8]>,
    /// The text that a reshaping step was given; `None` without one.
    pub step1_text: Option<&'a [u8]>,
    /// The digest of the output.
    pub response_output_sha256: Option<Digest>,
    /// `None` for text outputs.
    pub output_json_valid: Option<bool>,
    /// The ALS block that was sent.
    pub als_block_text: Option<&'a str>,
    /// Its digest.
    pub als_block_sha256: Option<Digest>,
    /// `<locale>/<index>`.
    pub als_variant_id: Option<&'a str>,
    /// Tokens.
    pub usage: TokenUsage,
    /// What the answer says it rests on, in its order.
    pub citations: &'a [Citation],
    /// What was exchanged for it, as [`super::sealed_exchanges`] writes it.
    pub exchanges: &'a [u8],
    /// The canonical bytes that `run_sha256` covers.
    pub provenance: &'a [u8],
    /// canonical.md §5.
    pub run_sha256: Digest,
}

impl RunRecord<'_> {
    /// The digest of the record: canonical JSON of all columns, large ones as their digests.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let result = self.result().into_iter().chain(self.step1());
        let members: Members = self.cell().into_iter().chain(self.course()).chain(result).collect();
        Json::from(members).digest()
    }

    /// Which cell it is.
    fn cell(&self) -> [(&'static str, Json); 13] {
        [
            ("kind", Json::from("run")),
            ("org_id", self.org.as_str().into()),
            ("id", self.id.to_string().into()),
            ("template_id", self.template.to_string().into()),
            ("batch_id", self.batch.map(|batch| batch.to_string()).into()),
            ("batch_run_index", self.batch_run_index.into()),
            ("rerun_index", self.rerun_index.into()),
            ("locale", self.locale.to_string().into()),
            ("locale_index", self.locale_index.into()),
            ("grounding_mode", self.grounding_mode.as_str().into()),
            ("replicate_index", self.replicate_index.into()),
            ("inputs_bytes_sha256", Digest::of(self.inputs).into()),
            ("inputs_sha256", self.inputs_sha256.into()),
        ]
    }

    /// How it came to its end.
    fn course(&self) -> [(&'static str, Json); 14] {
        [
            ("status", self.status.as_str().into()),
            ("fence", self.fence.0.into()),
            ("retry_index", self.retry_index.into()),
            ("crash_count", self.crash_count.into()),
            ("lock_epoch", self.lock_epoch.into()),
            ("created_at", self.created_at.to_string().into()),
            ("finished_at", self.finished_at.to_string().into()),
            ("error_code", self.error_code.map(ErrorCode::as_str).into()),
            ("error_detail", self.error_detail.into()),
            ("usage_input", self.usage.input.into()),
            ("usage_output", self.usage.output.into()),
            ("usage_cached", self.usage.cached.into()),
            ("usage_reasoning", self.usage.reasoning.into()),
            ("usage_tool_use", self.usage.tool_use.into()),
        ]
    }

    /// What it brought.
    fn result(&self) -> [(&'static str, Json); 16] {
        [
            ("drift_kind", self.drift_kind.map(DriftKind::as_str).into()),
            ("model_version_effective", self.model_version_effective.into()),
            ("model_fingerprint", self.model_fingerprint.into()),
            ("search_performed", self.search_performed.into()),
            ("grounded_effective", self.grounded_effective.into()),
            ("why_not_grounded", self.why_not_grounded.map(WhyNotGrounded::as_str).into()),
            ("output_bytes_sha256", self.output.map(Digest::of).into()),
            ("response_output_sha256", self.response_output_sha256.into()),
            ("output_json_valid", self.output_json_valid.into()),
            ("als_block_text", self.als_block_text.into()),
            ("als_block_sha256", self.als_block_sha256.into()),
            ("als_variant_id", self.als_variant_id.into()),
            ("citations", self.citations.iter().map(citation).collect()),
            ("exchanges_sha256", Digest::of(self.exchanges).into()),
            ("provenance_sha256", Digest::of(self.provenance).into()),
            ("run_sha256", self.run_sha256.into()),
        ]
    }

    /// The text of step 1, a member only where there is one: records that were sealed before such runs were made have none.
    fn step1(&self) -> Option<(&'static str, Json)> {
        self.step1_text.map(|text| ("step1_text_sha256", Digest::of(text).into()))
    }
}

impl Record for RunRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: self.id.to_string(),
            record_sha256: self.sha256(),
            created_at: self.created_at,
        }
    }
}

fn citation(citation: &Citation) -> Json {
    let members: Members = [
        ("url_raw", Json::from(&citation.url_raw)),
        ("url", Json::from(&citation.url)),
        ("title", citation.title.clone().into()),
        ("domain", citation.domain.clone().into()),
        ("class", citation.class.as_str().into()),
        ("span", citation.span.clone().into()),
    ]
    .into_iter()
    .collect();
    members.into()
}
