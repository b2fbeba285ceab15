//! From rows to the records that are sealed (canonical.md §4).

use stet_domain::Locale;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::evidence::WhyNotGrounded;
use stet_domain::ids::{BatchId, Fence, OrgId};
use stet_domain::record::{
    BatchRecord, CanaryRecord, ExchangeRecord, LockRecord, RecordKeys, RunRecord, Seal, TemplateRecord,
};
use stet_domain::run::RunStatus;
use stet_domain::template::Template;
use stet_domain::verify::{Disagreement, verify_template};
use stet_store::{BatchRow, CanaryLookRow, ExchangeRow, LockRow, OutputRow, RunEnd, RunRow, TemplateRow};

/// The record of a template's row.
pub(crate) fn template_record(row: &TemplateRow) -> TemplateRecord<'_> {
    TemplateRecord {
        org: &row.org,
        id: row.id,
        name: &row.name,
        template_sha256: row.template_sha256,
        canonical: &row.canonical,
        provider: row.provider,
        model_version_constraint: &row.model_version_constraint,
        created_by: &row.created_by,
        created_at: row.created_at,
    }
}

/// Proves a template as it is stored; answers the template that its bytes spell.
///
/// # Errors
/// The first [`Disagreement`].
pub(crate) fn prove_template(row: &TemplateRow, keys: &RecordKeys) -> Result<Template, Disagreement> {
    let seal = Seal { hmac: row.record_hmac, key_id: row.record_key_id.clone() };
    verify_template(&template_record(row), keys, &seal)
}

/// The record of a batch's definition.
pub(crate) fn batch_record(row: &BatchRow) -> BatchRecord<'_> {
    BatchRecord {
        org: &row.org,
        id: row.id,
        template: row.template,
        batch_sha256: row.batch_sha256,
        plan_sha256: row.plan_sha256,
        locales: &row.locales,
        grounding_modes: &row.grounding_modes,
        replicates: row.replicates,
        cells: row.cells,
        inputs: &row.inputs,
        inputs_sha256: row.inputs_sha256,
        drift_policy: row.drift_policy,
        max_parallel: row.max_parallel,
        created_by: &row.created_by,
        created_at: row.created_at,
    }
}

/// The record of a lock epoch.
pub(crate) fn lock_record<'a>(
    org: &'a OrgId,
    batch: BatchId,
    row: &'a LockRow,
    preflight_fence: Fence,
    exchanges: &'a [u8],
) -> LockRecord<'a> {
    LockRecord {
        org,
        batch,
        lock: &row.lock,
        lock_version: row.lock_version.as_deref(),
        service_tier: row.service_tier.as_deref(),
        echo_sha256: row.echo.settings,
        tools_echo_sha256: row.echo.tools,
        listed: row.listed.as_ref(),
        canary_sha256: row.canary_sha256,
        observed_at: row.observed_at,
        preflight_fence,
        exchanges,
    }
}

/// The record of a look at the canary prompts.
pub(crate) fn canary_record<'a>(
    org: &'a OrgId,
    batch: BatchId,
    row: &'a CanaryLookRow,
    exchanges: &'a [u8],
) -> CanaryRecord<'a> {
    CanaryRecord {
        org,
        batch,
        preflight_fence: row.preflight_fence,
        lock_epoch: row.lock_epoch,
        outcomes: &row.outcomes,
        observed_at: row.observed_at,
        exchanges,
    }
}

/// The parts of a terminal run's row, as stored or about to be.
#[derive(Clone, Copy)]
pub(crate) struct RunParts<'a> {
    /// Ids, cell, claim and counts; `status`, `end` and `finished_at` are those below.
    pub(crate) row: &'a RunRow,
    /// The inputs in canonical JSON.
    pub(crate) inputs: &'a [u8],
    /// The terminal status.
    pub(crate) status: RunStatus,
    /// The typed columns.
    pub(crate) end: &'a RunEnd,
    /// The large columns.
    pub(crate) output: &'a OutputRow,
    /// What the seal covers of the exchanges.
    pub(crate) exchanges: &'a [u8],
    /// When it ended.
    pub(crate) finished_at: Timestamp,
}

/// The record of a terminal run.
///
/// # Errors
/// The column that holds what no run has.
pub(crate) fn run_record(parts: RunParts<'_>) -> Result<RunRecord<'_>, Disagreement> {
    let RunParts { row, inputs, status, end, output, exchanges, finished_at } = parts;
    let locale: Locale = row.locale.parse().map_err(|_refusal| unreadable("locale", &row.locale))?;
    let why_not_grounded = match end.why_not_grounded.as_deref() {
        None => None,
        Some(why) => Some(WhyNotGrounded::named(why).ok_or_else(|| unreadable("why_not_grounded", why))?),
    };
    Ok(RunRecord {
        org: &row.org,
        id: row.id,
        template: row.template,
        batch: row.batch,
        batch_run_index: row.batch_run_index,
        rerun_index: row.rerun_index,
        locale,
        locale_index: row.locale_index,
        grounding_mode: row.grounding_mode,
        replicate_index: row.replicate_index,
        inputs,
        inputs_sha256: row.inputs_sha256,
        status,
        fence: row.fence,
        retry_index: row.retry_index,
        crash_count: row.crash_count,
        lock_epoch: row.lock_epoch,
        created_at: row.created_at,
        finished_at,
        error_code: end.error_code,
        error_detail: end.error_detail.as_deref(),
        drift_kind: end.drift_kind,
        model_version_effective: end.model_version_effective.as_deref(),
        model_fingerprint: end.model_fingerprint.as_deref(),
        search_performed: end.search_performed,
        grounded_effective: end.grounded_effective,
        why_not_grounded,
        output: output.output.as_deref(),
        step1_text: output.step1_text.as_deref(),
        response_output_sha256: end.response_output_sha256,
        output_json_valid: end.output_json_valid,
        als_block_text: output.als_block_text.as_deref(),
        als_block_sha256: end.als_block_sha256,
        als_variant_id: end.als_variant_id.as_deref(),
        usage: end.usage,
        citations: &output.citations,
        exchanges,
        provenance: &output.provenance,
        run_sha256: end.run_sha256.ok_or_else(|| unreadable("run_sha256", "null"))?,
    })
}

/// The records of an attempt's exchanges, in their order.
pub(crate) fn exchange_records(rows: &[ExchangeRow]) -> Vec<ExchangeRecord<'_>> {
    rows.iter()
        .map(|row| ExchangeRecord {
            ordinal: row.ordinal,
            purpose: &row.purpose,
            request_sha256: row.request_sha256,
            reply_body: &row.reply_body,
            reply_status: row.reply_status,
            provider_request_id: row.provider_request_id.as_deref(),
            latency_ms: row.latency_ms,
        })
        .collect()
}

pub(crate) fn unreadable(field: &'static str, value: &str) -> Disagreement {
    let shown: String = value.chars().take(64).collect();
    Disagreement {
        field: field.into(),
        code: ErrorCode::HashMismatch,
        detail: format!("{shown:?} is no value of it"),
    }
}
