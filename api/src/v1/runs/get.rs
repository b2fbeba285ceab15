//! `GET /v1/runs/{id}`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::RunId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// One run with its output, provenance and hashes.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}",
    operation_id = "get_run",
    tag = "runs",
    params(("id" = String, Path, description = "`run_…`")),
    responses((status = 200, description = "The run", body = wire::Run))
)]
pub(crate) async fn get_run(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Json<wire::Run>, Problem> {
    Ok(Json(state.ops.get_run(&caller.0, id).await?.into()))
}
