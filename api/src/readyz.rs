//! `GET /readyz`.

use axum::Json;
use axum::extract::State;

use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// The process wants traffic: it does not drain, its database answers, the schema serves this build.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "probes",
    responses((status = 200, description = "It is ready", body = wire::Status))
)]
pub(crate) async fn readyz(State(state): State<ApiState>) -> Result<Json<wire::Status>, Problem> {
    if state.readiness.is_draining() {
        return Err(Problem::unavailable("the server is shutting down"));
    }
    state.ops.ready().await?;
    Ok(Json(wire::Status::ok()))
}
