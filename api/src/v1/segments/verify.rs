//! `GET /v1/segments/{segment}/verify`.

use axum::Json;
use axum::extract::State;

use crate::gate::Caller;
use crate::path_id::{PathId, SegmentNumber};
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Recomputes root, head and HMAC of the segment, and holds it against the one before and against the runs that stand where it says: one that was removed,
/// put in or changed is named.
#[utoipa::path(
    get,
    path = "/v1/segments/{segment}/verify",
    operation_id = "verify_segment",
    tag = "segments",
    params(("segment" = u64, Path, description = "Its number, from 1")),
    responses((status = 200, description = "What was checked and what disagrees", body = wire::Verification))
)]
pub(crate) async fn verify_segment(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(SegmentNumber(segment)): PathId<SegmentNumber>,
) -> Result<Json<wire::Verification>, Problem> {
    Ok(Json(state.ops.verify_segment(&caller.0, segment).await?.into()))
}
