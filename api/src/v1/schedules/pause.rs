//! `POST /v1/schedules/{id}/pause`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::ScheduleId;

use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Holds the schedule: due times that come from now on make no batch, and are told as paused. Doing it twice changes nothing.
#[utoipa::path(
    post,
    path = "/v1/schedules/{id}/pause",
    operation_id = "pause_schedule",
    tag = "schedules",
    params(("id" = String, Path, description = "`sch_…`")),
    request_body = wire::DecideSchedule,
    responses((status = 200, description = "The schedule as it stands now", body = wire::ScheduleDecision))
)]
pub(crate) async fn pause_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
    posted: Posted,
) -> Result<Json<wire::ScheduleDecision>, Problem> {
    let mut fields = Fields::of(posted.json)?;
    let reason = fields.optional_string("reason");
    fields.finish()?;
    Ok(Json(state.ops.pause_schedule(&caller.0, id, reason.as_deref()).await?.into()))
}
