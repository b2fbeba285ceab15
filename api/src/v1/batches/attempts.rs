//! `GET /v1/batches/{id}/attempts`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// All attempts at the batch's preflight, with every exchange of theirs, oldest first.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}/attempts",
    operation_id = "list_preflight_attempts",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    responses((status = 200, description = "The attempts", body = wire::Attempts))
)]
pub(crate) async fn list_preflight_attempts(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
) -> Result<Json<wire::Attempts>, Problem> {
    Ok(Json(state.ops.list_preflight_attempts(&caller.0, id).await?.into()))
}
