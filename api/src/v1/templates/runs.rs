//! `GET /v1/templates/{id}/runs`.

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use stet_domain::ids::TemplateId;
use stet_store::RunsOf;

use crate::gate::Caller;
use crate::listing::Listing;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::{run_query, wire};

/// The template's runs, newest first.
#[utoipa::path(
    get,
    path = "/v1/templates/{id}/runs",
    operation_id = "list_template_runs",
    tag = "templates",
    params(
        ("id" = String, Path, description = "`tpl_…`"),
        ("batch" = Option<String>, Query, description = "Of this batch"),
        ("status" = Option<String>, Query, description = "Where it stands"),
        ("locale" = Option<String>, Query, description = "`ll-CC` or `none`"),
        ("grounding_mode" = Option<String>, Query, description = "`UNGROUNDED`, `PREFERRED` or `REQUIRED`"),
        ("response_output_sha256" = Option<String>, Query, description = "With this output"),
        ("model_version_effective" = Option<String>, Query, description = "Answered by this version"),
        ("created_from" = Option<String>, Query, format = DateTime, description = "Accepted at or after"),
        ("created_before" = Option<String>, Query, format = DateTime, description = "Accepted before"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "From `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = wire::Page<wire::Run>))
)]
pub(crate) async fn list_template_runs(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri)?;
    let listing = Listing::take(&state, &caller, &uri, &mut query);
    let batch = query.parsed("batch", "a batch's id", |text| text.parse().ok());
    let of = batch.map_or(RunsOf::Template(id), |batch| RunsOf::BatchOfTemplate(batch, id));
    let filter = run_query::take(&mut query, of);
    query.finish()?;
    let page = state.ops.list_runs(&caller.0, &filter, listing.request).await?;
    Ok(listing.answer(&state, page, wire::Run::from))
}
