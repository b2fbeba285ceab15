//! `GET /v1/api-keys`.

use axum::Json;
use axum::extract::State;

use crate::gate::Caller;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// All keys of the org, newest first, revoked ones included.
#[utoipa::path(
    get,
    path = "/v1/api-keys",
    operation_id = "list_api_keys",
    tag = "api-keys",
    responses((status = 200, description = "The keys", body = wire::ApiKeys))
)]
pub(crate) async fn list_api_keys(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<wire::ApiKeys>, Problem> {
    let keys = state.ops.list_api_keys(&caller.0).await?;
    Ok(Json(wire::ApiKeys { items: keys.into_iter().map(wire::ApiKey::from).collect() }))
}
