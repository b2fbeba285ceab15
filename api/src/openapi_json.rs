//! `GET /openapi.json`.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header;

/// The document, made once: it is the same for everybody.
static DOCUMENT: LazyLock<String> = LazyLock::new(crate::openapi::document_text);

/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "openapi",
    tag = "documents",
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub(crate) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}
