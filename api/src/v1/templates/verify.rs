//! `GET /v1/templates/{id}/verify`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::TemplateId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Recomputes every hash and HMAC of the template.
#[utoipa::path(
    get,
    path = "/v1/templates/{id}/verify",
    operation_id = "verify_template",
    tag = "templates",
    params(("id" = String, Path, description = "`tpl_…`")),
    responses((status = 200, description = "What was checked and what disagrees", body = wire::Verification))
)]
pub(crate) async fn verify_template(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
) -> Result<Json<wire::Verification>, Problem> {
    Ok(Json(state.ops.verify_template(&caller.0, id).await?.into()))
}
