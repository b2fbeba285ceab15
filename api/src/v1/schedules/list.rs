//! `GET /v1/schedules`.

use axum::extract::State;
use axum::response::Response;
use http::Uri;

use crate::gate::Caller;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// The schedules of the org, newest first, without their submissions.
#[utoipa::path(
    get,
    path = "/v1/schedules",
    operation_id = "list_schedules",
    tag = "schedules",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "From `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = wire::Page<wire::Schedule>))
)]
pub(crate) async fn list_schedules(
    State(state): State<ApiState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri)?;
    let listing = Listing::take(&state, &caller, &uri, &mut query);
    query.finish()?;
    let page = state.ops.list_schedules(&caller.0, listing.request).await?;
    Ok(listing.answer(&state, page, wire::Schedule::summary))
}
