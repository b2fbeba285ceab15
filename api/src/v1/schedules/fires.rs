//! `GET /v1/schedules/{id}/fires`.

use axum::extract::State;
use axum::response::Response;
use http::Uri;
use stet_domain::ids::ScheduleId;

use crate::gate::Caller;
use crate::listing::Listing;
use crate::path_id::PathId;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// What became of the schedule's due times, newest first: each made a batch, was refused, was missed or passed in a pause.
#[utoipa::path(
    get,
    path = "/v1/schedules/{id}/fires",
    operation_id = "list_fires",
    tag = "schedules",
    params(
        ("id" = String, Path, description = "`sch_…`"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "From `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = wire::Page<wire::ScheduleFire>))
)]
pub(crate) async fn list_fires(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<ScheduleId>,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri)?;
    let listing = Listing::take(&state, &caller, &uri, &mut query);
    query.finish()?;
    let page = state.ops.list_fires(&caller.0, id, listing.request).await?;
    Ok(listing.answer(&state, page, wire::ScheduleFire::from))
}
