//! `GET /livez`.

use axum::Json;

use crate::wire;

/// The process runs.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "probes",
    responses((status = 200, description = "It runs", body = wire::Status))
)]
pub(crate) async fn livez() -> Json<wire::Status> {
    Json(wire::Status::ok())
}
