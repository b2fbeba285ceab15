//! `GET /v1/templates/{id}`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use stet_domain::ids::TemplateId;

use crate::etag::immutable;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// One template with its canonical recipe; it never changes, its `ETag` is its identity.
#[utoipa::path(
    get,
    path = "/v1/templates/{id}",
    operation_id = "get_template",
    tag = "templates",
    params(("id" = String, Path, description = "`tpl_…`"), ("If-None-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The template", body = wire::Template),
        (status = 304, description = "The client holds it"),
    )
)]
pub(crate) async fn get_template(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = state.ops.get_template(&caller.0, id).await?;
    Ok(immutable(row.template_sha256, &headers, Json(wire::Template::from(row))))
}
