//! `GET /v1/templates/{id}/diff`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{Uri, header};
use stet_domain::code::ErrorCode;
use stet_domain::ids::TemplateId;

use crate::gate::Caller;
use crate::path_id::PathId;
use crate::problem::{Problem, patch_between};
use crate::query::Query;
use crate::state::ApiState;

/// The RFC 6902 patch from the canonical recipe of `against` to that of the template.
#[utoipa::path(
    get,
    path = "/v1/templates/{id}/diff",
    operation_id = "diff_templates",
    tag = "templates",
    params(
        ("id" = String, Path, description = "`tpl_…`"),
        ("against" = String, Query, description = "`tpl_…`: where the patch starts"),
    ),
    responses((
        status = 200,
        description = "The patch",
        body = Vec<serde_json::Value>,
        content_type = "application/json-patch+json"
    ))
)]
pub(crate) async fn diff_templates(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    uri: Uri,
) -> Result<Response, Problem> {
    let against = read(&uri)?;
    let pair = state.ops.diff_templates(&caller.0, id, against).await?;
    let patch = patch_between(&pair.from.canonical, &pair.to.canonical).ok_or_else(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json-patch+json")], patch.get().to_owned()).into_response())
}

/// What is no id answers as an id that names nothing, here as in a path.
fn read(uri: &Uri) -> Result<TemplateId, Problem> {
    let mut query = Query::of(uri)?;
    let against = query.text("against");
    if against.is_none() {
        query.refuse(
            "against",
            ErrorCode::MissingField,
            "the parameter against is required: a template's id",
        );
    }
    query.finish()?;
    against.and_then(|text| text.parse().ok()).ok_or_else(|| Problem::not_found("template"))
}
