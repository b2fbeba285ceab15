//! `GET /v1/batches/{id}/drift`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// The batch's lock epochs beside what answered under each: version, fingerprint, how many runs, and the first of them.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}/drift",
    operation_id = "get_drift",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    responses((status = 200, description = "Locks and observations side by side", body = wire::Drift))
)]
pub(crate) async fn get_drift(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
) -> Result<Json<wire::Drift>, Problem> {
    Ok(Json(state.ops.get_drift(&caller.0, id).await?.into()))
}
