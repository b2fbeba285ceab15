//! `GET /v1/batches/{id}/verify`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Recomputes every hash and HMAC of the batch and of its lock epochs, and holds its runs against its grid and its counters against its runs. What each
/// run brought is verified run by run.
#[utoipa::path(
    get,
    path = "/v1/batches/{id}/verify",
    operation_id = "verify_batch",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    responses((status = 200, description = "What was checked and what disagrees", body = wire::Verification))
)]
pub(crate) async fn verify_batch(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
) -> Result<Json<wire::Verification>, Problem> {
    Ok(Json(state.ops.verify_batch(&caller.0, id).await?.into()))
}
