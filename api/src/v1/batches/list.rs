//! `GET /v1/batches`.

use axum::extract::State;
use axum::response::Response;
use http::Uri;

use crate::gate::Caller;
use crate::listing::Listing;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// The batches of the org, newest first, without their inputs.
#[utoipa::path(
    get,
    path = "/v1/batches",
    operation_id = "list_batches",
    tag = "batches",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "From `next` of the page before"),
    ),
    responses((status = 200, description = "A page", body = wire::Page<wire::Batch>))
)]
pub(crate) async fn list_batches(
    State(state): State<ApiState>,
    caller: Caller,
    uri: Uri,
) -> Result<Response, Problem> {
    let mut query = Query::of(&uri)?;
    let listing = Listing::take(&state, &caller, &uri, &mut query);
    query.finish()?;
    let page = state.ops.list_batches(&caller.0, listing.request).await?;
    Ok(listing.answer(&state, page, wire::Batch::summary))
}
