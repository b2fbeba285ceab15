//! `POST /v1/batches/{id}/cancel`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;

use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Calls the batch off: what has not started is cancelled, runs in flight still commit. Doing it twice changes nothing.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/cancel",
    operation_id = "cancel_batch",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    request_body = wire::CancelBatch,
    responses((status = 200, description = "The batch as it stands now", body = wire::Decision))
)]
pub(crate) async fn cancel_batch(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
    posted: Posted,
) -> Result<Json<wire::Decision>, Problem> {
    let mut fields = Fields::of(posted.json)?;
    let reason = fields.string("reason");
    fields.finish()?;
    Ok(Json(state.ops.cancel_batch(&caller.0, id, &reason).await?.into()))
}
