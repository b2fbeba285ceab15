//! `DELETE /v1/api-keys/{id}`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::ApiKeyId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Ends a key of the org at once; ending it again changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/api-keys/{id}",
    operation_id = "revoke_api_key",
    tag = "api-keys",
    params(("id" = String, Path, description = "16 hexadecimal digits")),
    responses((status = 200, description = "Whether it worked until now", body = wire::RevokedApiKey))
)]
pub(crate) async fn revoke_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ApiKeyId>,
) -> Result<Json<wire::RevokedApiKey>, Problem> {
    let changed = state.ops.revoke_api_key(&caller.0, &id).await?;
    Ok(Json(wire::RevokedApiKey { id: id.to_string(), changed }))
}
