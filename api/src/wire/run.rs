//! Runs.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_store::{OutputRow, RunRow, RunView};
use utoipa::ToSchema;

use super::embedded;

/// A run: one cell's, or one of its own.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// `run_…`.
    pub id: String,
    /// What it runs.
    pub template_id: String,
    /// Its batch; `null` for a single run.
    pub batch_id: Option<String>,
    /// Its cell; 0 for a single run.
    pub batch_run_index: u32,
    /// How often the cell was run again.
    pub rerun_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// The locale's place in the batch.
    pub locale_index: u32,
    /// `UNGROUNDED`, `PREFERRED` or `REQUIRED`.
    pub grounding_mode: String,
    /// From 0.
    pub replicate_index: u32,
    /// canonical.md §5.
    pub inputs_sha256: String,
    /// `pending`, `queued`, `running`, `succeeded`, `failed`, `cancelled` or `quarantined`.
    pub status: String,
    /// When it is due.
    #[schema(format = DateTime)]
    pub available_at: String,
    /// When its lease ends, while it runs.
    #[schema(format = DateTime)]
    pub lease_until: Option<String>,
    /// Attempts that ended in a retryable error.
    pub retry_index: u32,
    /// Attempts that were lost with their process.
    pub crash_count: u32,
    /// The lock epoch that it was claimed under.
    pub lock_epoch: Option<i64>,
    /// When it was accepted.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it became terminal.
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
    /// What it ended with; `null` until terminal.
    pub end: Option<RunEnd>,
    /// All that was recorded of it; left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RunRecord>,
}

/// What a run ended with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RunEnd {
    /// Why it did not succeed.
    pub error_code: Option<String>,
    /// What is known of it.
    pub error_detail: Option<String>,
    /// What differs from the lock.
    pub drift_kind: Option<String>,
    /// The version that answered.
    pub model_version_effective: Option<String>,
    /// The fingerprint that answered.
    pub model_fingerprint: Option<String>,
    /// Whether a search took place.
    pub search_performed: Option<bool>,
    /// Whether the answer rests on one.
    pub grounded_effective: Option<bool>,
    /// Why it does not.
    pub why_not_grounded: Option<String>,
    /// The digest of the output.
    pub response_output_sha256: Option<String>,
    /// `null` for text outputs.
    pub output_json_valid: Option<bool>,
    /// The digest of the ALS block.
    pub als_block_sha256: Option<String>,
    /// `<locale>/<index>`.
    pub als_variant_id: Option<String>,
    /// Tokens.
    pub usage: TokenUsage,
    /// canonical.md §5; `null` for a cancelled run.
    pub run_sha256: Option<String>,
    /// The HMAC over the record.
    pub record_hmac: Option<String>,
    /// The id of that HMAC's key.
    pub record_key_id: Option<String>,
}

/// Token counts as the provider reported them; `null` where it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenUsage {
    /// Tokens read.
    pub input: Option<i64>,
    /// Tokens written, reasoning included.
    pub output: Option<i64>,
    /// Of the input: read from the provider's cache.
    pub cached: Option<i64>,
    /// Of the output: reasoning.
    pub reasoning: Option<i64>,
    /// Tokens that tool results added to the prompt.
    pub tool_use: Option<i64>,
}

/// All that was recorded of a run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RunRecord {
    /// Its inputs, defaults filled in.
    #[schema(value_type = Object)]
    pub inputs: Box<RawValue>,
    /// The output exactly as answered; `null` until terminal, or where there was none. It is data, never markup.
    pub output: Option<String>,
    /// The text that a reshaping step was given, of which `provenance.step2_source_ref` is the digest; `null` where none was asked. It is data, never markup.
    pub step1_text: Option<String>,
    /// The ALS block sent.
    pub als_block_text: Option<String>,
    /// The canonical document that `run_sha256` covers, byte for byte; `null` until terminal and for a cancelled run.
    #[schema(value_type = Option<Object>)]
    pub provenance: Option<Box<RawValue>>,
    /// What the answer says it rests on, in its order.
    pub citations: Vec<Citation>,
}

/// One citation of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// The address as answered.
    pub url_raw: String,
    /// The address without tracking parameters.
    pub url: String,
    /// The title as answered.
    pub title: Option<String>,
    /// The host of `url`, or what the answer names as the domain.
    pub domain: Option<String>,
    /// `web_page`, `provider_widget` or `url_context`.
    pub class: String,
    /// The text that it supports.
    pub span: Option<String>,
}

impl From<RunRow> for Run {
    fn from(row: RunRow) -> Self {
        Self {
            id: row.id.to_string(),
            template_id: row.template.to_string(),
            batch_id: row.batch.map(|batch| batch.to_string()),
            batch_run_index: row.batch_run_index,
            rerun_index: row.rerun_index,
            locale: row.locale,
            locale_index: row.locale_index,
            grounding_mode: row.grounding_mode.to_string(),
            replicate_index: row.replicate_index,
            inputs_sha256: row.inputs_sha256.to_string(),
            status: row.status.to_string(),
            available_at: row.available_at.to_string(),
            lease_until: row.lease_until.map(|at| at.to_string()),
            retry_index: row.retry_index,
            crash_count: row.crash_count,
            lock_epoch: row.lock_epoch,
            created_at: row.created_at.to_string(),
            finished_at: row.finished_at.map(|at| at.to_string()),
            end: row.end.map(RunEnd::from),
            record: None,
        }
    }
}

impl From<RunView> for Run {
    fn from(view: RunView) -> Self {
        let inputs = embedded(view.inputs);
        let record = match view.output {
            None => RunRecord {
                inputs,
                output: None,
                step1_text: None,
                als_block_text: None,
                provenance: None,
                citations: Vec::new(),
            },
            Some(OutputRow { output, step1_text, als_block_text, provenance, citations }) => RunRecord {
                inputs,
                output: output.map(text),
                step1_text: step1_text.map(text),
                als_block_text,
                provenance: Some(embedded(provenance)),
                citations: citations.into_iter().map(Citation::from).collect(),
            },
        };
        Self { record: Some(record), ..Self::from(view.row) }
    }
}

/// What a model said; what was made no UTF-8 behind the server's back is shown all the same.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

impl From<stet_store::RunEnd> for RunEnd {
    fn from(end: stet_store::RunEnd) -> Self {
        Self {
            error_code: end.error_code.map(|code| code.to_string()),
            error_detail: end.error_detail,
            drift_kind: end.drift_kind.map(|kind| kind.to_string()),
            model_version_effective: end.model_version_effective,
            model_fingerprint: end.model_fingerprint,
            search_performed: end.search_performed,
            grounded_effective: end.grounded_effective,
            why_not_grounded: end.why_not_grounded,
            response_output_sha256: end.response_output_sha256.map(|digest| digest.to_string()),
            output_json_valid: end.output_json_valid,
            als_block_sha256: end.als_block_sha256.map(|digest| digest.to_string()),
            als_variant_id: end.als_variant_id,
            usage: end.usage.into(),
            run_sha256: end.run_sha256.map(|digest| digest.to_string()),
            record_hmac: end.record_hmac.map(|tag| super::hex(&tag)),
            record_key_id: end.record_key_id,
        }
    }
}

impl From<stet_domain::usage::TokenUsage> for TokenUsage {
    fn from(usage: stet_domain::usage::TokenUsage) -> Self {
        Self {
            input: usage.input,
            output: usage.output,
            cached: usage.cached,
            reasoning: usage.reasoning,
            tool_use: usage.tool_use,
        }
    }
}

impl From<stet_domain::citation::Citation> for Citation {
    fn from(citation: stet_domain::citation::Citation) -> Self {
        Self {
            url_raw: citation.url_raw,
            url: citation.url,
            title: citation.title,
            domain: citation.domain,
            class: citation.class.to_string(),
            span: citation.span,
        }
    }
}
