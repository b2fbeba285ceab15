//! `GET /v1/schedules/{id}`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::ScheduleId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// One schedule: definition, where it stands, its next due times and what became of the last ones.
#[utoipa::path(
    get,
    path = "/v1/schedules/{id}",
    operation_id = "get_schedule",
    tag = "schedules",
    params(("id" = String, Path, description = "`sch_…`")),
    responses((status = 200, description = "The schedule", body = wire::Schedule))
)]
pub(crate) async fn get_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
) -> Result<Json<wire::Schedule>, Problem> {
    Ok(Json(state.ops.get_schedule(&caller.0, id).await?.into()))
}
