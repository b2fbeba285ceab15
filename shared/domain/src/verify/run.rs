//! Verification of a terminal run.

use stet_canon::{Digest, Json};

use super::{Disagreement, holds, same_digest, same_text, sealed};
use crate::code::ErrorCode;
use crate::drift::DriftKind;
use crate::evidence::WhyNotGrounded;
use crate::provenance::citations_sha256;
use crate::record::{RecordKeys, RunRecord, Seal};
use crate::run::RunStatus;
use crate::template::{Output, Template};
use crate::verdict::hash_output;

/// What a run is verified against: its template, verified before.
#[derive(Debug, Clone, Copy)]
pub struct RunContext<'a> {
    /// The template.
    pub template: &'a Template,
    /// Its digest.
    pub template_sha256: Digest,
}

/// Recomputes every hash and the HMAC of a stored terminal run.
///
/// # Errors
/// The first [`Disagreement`].
pub fn verify_run(
    record: &RunRecord<'_>,
    context: &RunContext<'_>,
    keys: &RecordKeys,
    seal: &Seal,
) -> Result<(), Disagreement> {
    same_digest("inputs_sha256", record.inputs_sha256, Digest::of(record.inputs))?;
    output(record, context.template)?;
    match (record.als_block_text, record.als_block_sha256) {
        (Some(text), Some(stored)) => same_digest("als_block_sha256", stored, Digest::of(text.as_bytes()))?,
        (text, stored) => present("als_block_sha256", text.is_some(), stored.is_some())?,
    }
    same_digest("run_sha256", record.run_sha256, Digest::of(record.provenance))?;
    let covered = Json::parse(record.provenance).map_err(|refusal| Disagreement {
        field: "provenance".into(),
        code: ErrorCode::HashMismatch,
        detail: format!("the covered bytes are no JSON: {refusal}"),
    })?;
    holds("provenance", covered.to_canonical_bytes() == record.provenance, || {
        "the covered bytes are not in canonical form".to_owned()
    })?;
    columns(record, context, &covered)?;
    sealed(record, keys, seal)
}

fn output(record: &RunRecord<'_>, template: &Template) -> Result<(), Disagreement> {
    let (Some(bytes), Some(stored)) = (record.output, record.response_output_sha256) else {
        return present(
            "response_output_sha256",
            record.output.is_some(),
            record.response_output_sha256.is_some(),
        );
    };
    let text = std::str::from_utf8(bytes).map_err(|error| Disagreement {
        field: "output".into(),
        code: ErrorCode::HashMismatch,
        detail: format!("the stored output is not UTF-8 after byte {}", error.valid_up_to()),
    })?;
    let is_json = match template.output {
        Output::Text => false,
        Output::Json { .. } => true,
    };
    same_digest("response_output_sha256", stored, hash_output(text, is_json).0)
}

fn present(field: &'static str, content: bool, digest: bool) -> Result<(), Disagreement> {
    holds(field, content == digest, || {
        let there = |is: bool| if is { "stored" } else { "absent" };
        format!("the content is {}, its digest is {}", there(content), there(digest))
    })
}

/// Compares every column that `run_sha256` covers with what is covered.
fn columns(record: &RunRecord<'_>, context: &RunContext<'_>, covered: &Json) -> Result<(), Disagreement> {
    let of_batch = |index: u32| record.batch.map(|_| index);
    let expected: [(&'static str, Json); 25] = [
        ("template_sha256", context.template_sha256.into()),
        ("inputs_sha256", record.inputs_sha256.into()),
        ("provider", context.template.provider.into()),
        ("model_version_effective", record.model_version_effective.into()),
        ("model_fingerprint", record.model_fingerprint.into()),
        ("drift_kind", record.drift_kind.map(DriftKind::as_str).into()),
        ("locale_selected", record.locale.to_string().into()),
        ("locale_index", of_batch(record.locale_index).into()),
        ("grounding_mode", record.grounding_mode.as_str().into()),
        ("search_performed", record.search_performed.into()),
        ("grounded_effective", record.grounded_effective.into()),
        ("why_not_grounded", record.why_not_grounded.map(WhyNotGrounded::as_str).into()),
        ("replicate_index", of_batch(record.replicate_index).into()),
        ("seed_key_id", seed_key_id(record, context).into()),
        ("als_block_text", record.als_block_text.into()),
        ("als_block_sha256", record.als_block_sha256.into()),
        ("als_variant_id", record.als_variant_id.into()),
        ("response_output_sha256", record.response_output_sha256.into()),
        ("output_json_valid", record.output_json_valid.into()),
        ("status", record.status.as_str().into()),
        ("error_code", record.error_code.map(ErrorCode::as_str).into()),
        ("citations_sha256", record.search_performed.map(|_| citations_sha256(record.citations)).into()),
        ("provoker_value", provoker(context, covered)),
        ("step2_source_ref", record.step1_text.map(Digest::of).into()),
        ("step2_tools_invoked", step2_tools_invoked(record, covered)),
    ];
    for (field, column) in expected {
        let column = column.to_canonical_string();
        let covers = covered.get(field).map_or_else(|| "nothing".to_owned(), Json::to_canonical_string);
        same_text(field, &column, &covers)?;
    }
    Ok(())
}

/// A block was made under the template's key, and only then is a key recorded.
fn seed_key_id(record: &RunRecord<'_>, context: &RunContext<'_>) -> Option<String> {
    record.als_block_text?;
    context.template.als.as_ref()?.seed_key_id.clone()
}

/// A reshaping step that showed a tool never ends in success; what one of a run that failed otherwise showed stands nowhere else.
fn step2_tools_invoked(record: &RunRecord<'_>, covered: &Json) -> Json {
    if record.step1_text.is_none() {
        Json::Null
    } else if record.status == RunStatus::Succeeded {
        false.into()
    } else if record.error_code == Some(ErrorCode::Step2ToolsInvoked) {
        true.into()
    } else {
        covered.get("step2_tools_invoked").cloned().unwrap_or(Json::Null)
    }
}

/// A provoker that was used is the template's.
fn provoker(context: &RunContext<'_>, covered: &Json) -> Json {
    match covered.get("provoker_value") {
        Some(Json::String(_)) => context.template.grounding.provoker.clone().into(),
        Some(_) | None => Json::Null,
    }
}
