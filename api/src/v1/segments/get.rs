//! `GET /v1/segments/{segment}`.

use axum::Json;
use axum::extract::State;

use crate::gate::Caller;
use crate::path_id::{PathId, SegmentNumber};
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// One segment: the stretch of records that it holds, its root and its head.
#[utoipa::path(
    get,
    path = "/v1/segments/{segment}",
    operation_id = "get_segment",
    tag = "segments",
    params(("segment" = u64, Path, description = "Its number, from 1")),
    responses((status = 200, description = "The segment", body = wire::Segment))
)]
pub(crate) async fn get_segment(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(SegmentNumber(segment)): PathId<SegmentNumber>,
) -> Result<Json<wire::Segment>, Problem> {
    Ok(Json(state.ops.get_segment(&caller.0, segment).await?.into()))
}
