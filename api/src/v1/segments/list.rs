//! `GET /v1/segments`.

use axum::extract::State;
use axum::response::Response;
use http::Uri;

use crate::gate::Caller;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// The sealed segments of the org's terminal runs, newest first. Whoever keeps a head can tell later that nothing before it was changed.
#[utoipa::path(
    get,
    path = "/v1/segments",
    operation_id = "list_segments",
    tag = "segments",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "From `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = wire::Page<wire::Segment>))
)]
pub(crate) async fn list_segments(
    State(state): State<ApiState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri)?;
    let listing = Listing::take(&state, &caller, &uri, &mut query);
    query.finish()?;
    let page = state.ops.list_segments(&caller.0, listing.request).await?;
    Ok(listing.answer(&state, page, wire::Segment::from))
}
