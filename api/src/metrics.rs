//! `GET /metrics`.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header;

use crate::state::ApiState;

/// Prometheus' text format (`prometheus.io/docs/instrumenting/exposition_formats`).
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// This process's metrics in Prometheus' text format; `docs/metrics.md` lists them. They hold counts and times, and nothing of any org.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "probes",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain"))
)]
pub(crate) async fn metrics(State(state): State<ApiState>) -> Response {
    ([(header::CONTENT_TYPE, TEXT)], state.metrics.render()).into_response()
}
