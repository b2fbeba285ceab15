//! `GET /v1/fleet`.

use axum::Json;
use axum::extract::State;

use crate::gate::Caller;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// The workers and schedulers as each last told of itself, what waits by provider, and how many workers would be useful by limits and pauses.
/// Counts are over all orgs.
#[utoipa::path(
    get,
    path = "/v1/fleet",
    operation_id = "get_fleet",
    tag = "fleet",
    responses((status = 200, description = "The fleet of this moment", body = wire::Fleet))
)]
pub(crate) async fn get_fleet(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<wire::Fleet>, Problem> {
    Ok(Json(state.ops.get_fleet(&caller.0).await?.into()))
}
