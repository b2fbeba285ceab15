//! `GET /v1/runs/{id}/verify`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::RunId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Recomputes every hash and HMAC of the run.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}/verify",
    operation_id = "verify_run",
    tag = "runs",
    params(("id" = String, Path, description = "`run_…`")),
    responses((status = 200, description = "What was checked and what disagrees", body = wire::Verification))
)]
pub(crate) async fn verify_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Json<wire::Verification>, Problem> {
    Ok(Json(state.ops.verify_run(&caller.0, id).await?.into()))
}
