//! `GET /v1/batches/{id}`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// One batch: definition, where it stands and why, counters, lock epochs.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}",
    operation_id = "get_batch",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    responses((status = 200, description = "The batch", body = wire::Batch))
)]
pub(crate) async fn get_batch(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
) -> Result<Json<wire::Batch>, Problem> {
    Ok(Json(state.ops.get_batch(&caller.0, id).await?.into()))
}
