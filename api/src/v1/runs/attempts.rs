//! `GET /v1/runs/{id}/attempts`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::RunId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// All attempts at the run, with every exchange of theirs, oldest first.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}/attempts",
    operation_id = "list_attempts",
    tag = "runs",
    params(("id" = String, Path, description = "`run_…`")),
    responses((status = 200, description = "The attempts", body = wire::Attempts))
)]
pub(crate) async fn list_attempts(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Json<wire::Attempts>, Problem> {
    Ok(Json(state.ops.list_attempts(&caller.0, id).await?.into()))
}
