//! `POST /v1/batches/{id}/resume`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use stet_domain::batch::ResumeLock;
use stet_domain::ids::BatchId;
use stet_ops::Resume;

use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Takes a paused batch up again, once a look at the model has shown what is asked for: the lock in force (`same`), or what the model is now (`new`, a new lock
/// epoch; a version other than the template's needs `accept_version`). Doing it twice changes nothing.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/resume",
    operation_id = "resume_batch",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    request_body = wire::ResumeBatch,
    responses(
        (status = 200, description = "The batch goes on", body = wire::Decision),
        (status = 202, description = "The model has not been looked at yet: the batch shows `resume`", body = wire::Decision),
    )
)]
pub(crate) async fn resume_batch(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
    posted: Posted,
) -> Result<Response, Problem> {
    let resume = read(posted.json)?;
    let decision = state.ops.resume_batch(&caller.0, id, &resume).await?;
    let status = if decision.batch.resume.is_some() { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(wire::Decision::from(decision))).into_response())
}

fn read(json: stet_canon::Json) -> Result<Resume, Problem> {
    let mut fields = Fields::of(json)?;
    let lock = fields.required_name("lock", "same or new", ResumeLock::named);
    let accept_version = fields.optional_string("accept_version");
    let reason = fields.string("reason");
    fields.finish()?;
    // An absent or unknown lock was refused; this one stands in only to be thrown away.
    Ok(Resume { lock: lock.unwrap_or(ResumeLock::Same), accept_version, reason })
}
