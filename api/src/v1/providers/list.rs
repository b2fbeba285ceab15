//! `GET /v1/providers`.

use axum::Json;
use axum::extract::State;

use crate::gate::Caller;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Every provider, configured or not; nobody is asked.
#[utoipa::path(
    get,
    path = "/v1/providers",
    operation_id = "list_providers",
    tag = "providers",
    responses((status = 200, description = "The providers", body = wire::Providers))
)]
pub(crate) async fn list_providers(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<wire::Providers>, Problem> {
    let views = state.ops.list_providers(&caller.0).await?;
    Ok(Json(wire::Providers { items: views.into_iter().map(wire::Provider::from).collect() }))
}
