//! `GET /v1/batches/{id}/matrix`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// What the batch brought so far, by locale, mode and lock epoch: replicates, distinct outputs, the modal output's share, the rates of valid
/// JSON and of grounded answers, and how far the cited domains agree. Nothing of two lock epochs is pooled.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}/matrix",
    operation_id = "get_matrix",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    responses((status = 200, description = "Results by locale, mode and lock epoch", body = wire::Matrix))
)]
pub(crate) async fn get_matrix(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
) -> Result<Json<wire::Matrix>, Problem> {
    Ok(Json(state.ops.get_matrix(&caller.0, id).await?.into()))
}
