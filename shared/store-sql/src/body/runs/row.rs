//! A run, as read.

use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftKind;
use stet_domain::ids::{BatchId, Fence, RunId, TemplateId};
use stet_domain::run::RunStatus;
use stet_domain::usage::TokenUsage;
use stet_store::{RunEnd, RunRow, StoreError};

use super::{Columns, Row};

pub(super) fn read_run(row: &Row) -> Result<RunRow, StoreError> {
    let columns = Columns::of("runs", row);
    let status = columns.named("status", RunStatus::named)?;
    Ok(RunRow {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: RunId::from_bytes(columns.array("run_id")?),
        template: TemplateId::from_bytes(columns.array("template_id")?),
        batch: columns.array_if("batch_id")?.map(BatchId::from_bytes),
        batch_run_index: columns.number("batch_run_index")?,
        rerun_index: columns.number("rerun_index")?,
        locale: columns.text("locale")?,
        locale_index: columns.number("locale_index")?,
        grounding_mode: columns.named("grounding_mode", |text| text.parse().ok())?,
        replicate_index: columns.number("replicate_index")?,
        inputs_sha256: columns.digest("inputs_sha256")?,
        status,
        available_at: columns.time("available_at_us")?,
        fence: Fence(columns.get("fence")?),
        lease_until: columns.time_if("lease_until_us")?,
        retry_index: columns.number("retry_index")?,
        crash_count: columns.number("crash_count")?,
        lock_epoch: columns.get("lock_epoch")?,
        created_at: columns.time("created_at_us")?,
        finished_at: columns.time_if("finished_at_us")?,
        end: if status.is_terminal() { Some(read_end(columns)?) } else { None },
    })
}

fn read_end(columns: Columns<'_>) -> Result<RunEnd, StoreError> {
    Ok(RunEnd {
        error_code: columns.named_if("error_code", ErrorCode::named)?,
        error_detail: columns.get("error_detail")?,
        drift_kind: columns.named_if("drift_kind", DriftKind::named)?,
        model_version_effective: columns.get("model_version_effective")?,
        model_fingerprint: columns.get("model_fingerprint")?,
        search_performed: columns.flag_if("search_performed")?,
        grounded_effective: columns.flag_if("grounded_effective")?,
        why_not_grounded: columns.get("why_not_grounded")?,
        response_output_sha256: columns.digest_if("response_output_sha256")?,
        output_json_valid: columns.flag_if("output_json_valid")?,
        als_block_sha256: columns.digest_if("als_block_sha256")?,
        als_variant_id: columns.get("als_variant_id")?,
        usage: TokenUsage {
            input: columns.get("usage_input")?,
            output: columns.get("usage_output")?,
            cached: columns.get("usage_cached")?,
            reasoning: columns.get("usage_reasoning")?,
            tool_use: columns.get("usage_tool_use")?,
        },
        run_sha256: columns.digest_if("run_sha256")?,
        record_hmac: columns.array_if("record_hmac")?,
        record_key_id: columns.get("record_key_id")?,
    })
}
