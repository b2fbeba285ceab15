//! `GET /v1/runs/{id}/blockers`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::RunId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Why the run is not running: all that it waits for; nothing where it runs or has ended.
#[utoipa::path(
    get,
    path = "/v1/runs/{id}/blockers",
    operation_id = "run_blockers",
    tag = "runs",
    params(("id" = String, Path, description = "`run_…`")),
    responses((status = 200, description = "What the run waits for", body = wire::Blockers))
)]
pub(crate) async fn run_blockers(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<RunId>,
) -> Result<Json<wire::Blockers>, Problem> {
    Ok(Json(state.ops.run_blockers(&caller.0, id).await?.into()))
}
