//! `POST /v1/batches/{id}/pause`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Pauses the batch: once this is answered no cell starts, and calls that run may end. A resume that is asked for is taken back. Doing it twice changes nothing.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/pause",
    operation_id = "pause_batch",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    request_body = wire::PauseBatch,
    responses((status = 200, description = "The batch as it stands now", body = wire::Decision))
)]
pub(crate) async fn pause_batch(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
    posted: Posted,
) -> Result<Json<wire::Decision>, Problem> {
    let mut fields = Fields::of(posted.json)?;
    let reason = fields.optional_string("reason");
    fields.finish()?;
    Ok(Json(state.ops.pause_batch(&caller.0, id, reason.as_deref()).await?.into()))
}
