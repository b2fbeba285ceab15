//! `POST /v1/templates/{id}/batch-run`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Uri};
use stet_domain::ids::TemplateId;
use stet_domain::trace::TraceParent;
use stet_ops::BatchSubmission;

use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::{BATCH_BODY_BYTES, Posted};
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// Submits a grid of cells, or with `dry_run=true` answers what it would make.
#[utoipa::path(
    post,
    path = "/v1/templates/{id}/batch-run",
    operation_id = "batch_run_template",
    tag = "templates",
    request_body = wire::SubmitBatch,
    params(
        ("id" = String, Path, description = "`tpl_…`"),
        ("dry_run" = Option<bool>, Query, description = "Only answer the plan"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 202, description = "Accepted; `Location` shows the batch", body = wire::Batch),
        (status = 200, description = "The plan of a dry run; or, of a replay, the batch", body = wire::Plan),
    )
)]
pub(crate) async fn batch_run_template(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    uri: Uri,
    posted: Posted<BATCH_BODY_BYTES>,
) -> Result<Response, Problem> {
    let dry_run = dry_run(&uri)?;
    let Posted { json, idempotent, trace, .. } = posted;
    let submitted = read(json, trace)?;
    if dry_run {
        return Ok(
            Json(wire::Plan::from(state.ops.plan_batch(&caller.0, id, &submitted).await?)).into_response()
        );
    }
    let done = state.ops.submit_batch(&caller.0, id, &submitted, idempotent.as_ref()).await?;
    let batch = wire::Batch::from(done.value);
    Ok(created(done.how, StatusCode::ACCEPTED, &format!("/v1/batches/{}", batch.id), &batch))
}

fn dry_run(uri: &Uri) -> Result<bool, Problem> {
    let mut query = Query::of(uri)?;
    let dry_run = query.flag("dry_run");
    query.finish()?;
    Ok(dry_run)
}

/// A submission; every offence at once.
pub(super) fn read(json: stet_canon::Json, trace: Option<TraceParent>) -> Result<BatchSubmission, Problem> {
    let mut fields = Fields::of(json)?;
    let submitted = BatchSubmission {
        locales: fields.strings("locales"),
        grounding_modes: fields.strings("grounding_modes"),
        replicates: fields.whole("replicates"),
        inputs: fields.optional("inputs").unwrap_or(stet_canon::Json::Null),
        drift_policy: fields.string("drift_policy"),
        max_parallel: fields.number("max_parallel", "a whole number of 1 or more"),
        expected_plan_sha256: fields.optional_string("expected_plan_sha256"),
        trace,
    };
    fields.finish()?;
    Ok(submitted)
}
