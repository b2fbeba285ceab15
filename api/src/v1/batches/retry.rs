//! `POST /v1/batches/{id}/retry`.

use axum::Json;
use axum::extract::State;
use stet_domain::ids::BatchId;
use stet_ops::RetriedCells;

use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Runs cells again whose current run failed or is quarantined: each gets a new run, and the earlier one stays. A completed batch goes on; a paused one keeps them
/// until it is resumed. Doing it twice changes nothing.
#[utoipa::path(
    post,
    path = "/v1/batches/{id}/retry",
    operation_id = "retry_cells",
    tag = "batches",
    params(("id" = String, Path, description = "`bat_…`")),
    request_body = wire::RetryCells,
    responses((status = 200, description = "The batch as it stands now", body = wire::Decision))
)]
pub(crate) async fn retry_cells(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<BatchId>,
    posted: Posted,
) -> Result<Json<wire::Decision>, Problem> {
    let (cells, reason) = read(posted.json)?;
    Ok(Json(state.ops.retry_cells(&caller.0, id, cells, &reason).await?.into()))
}

fn read(json: stet_canon::Json) -> Result<(RetriedCells, String), Problem> {
    let mut fields = Fields::of(json)?;
    let cells = fields.parsed("cells", "failed, quarantined or all", |name| match name {
        "failed" => Some(RetriedCells { failed: true, quarantined: false }),
        "quarantined" => Some(RetriedCells { failed: false, quarantined: true }),
        "all" => Some(RetriedCells { failed: true, quarantined: true }),
        _ => None,
    });
    let reason = fields.string("reason");
    fields.finish()?;
    Ok((cells.unwrap_or(RetriedCells { failed: true, quarantined: false }), reason))
}
