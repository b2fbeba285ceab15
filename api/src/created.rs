//! Answers to what creates.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use stet_ops::How;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// `first` where something was written, else 200; a replay says so (api.md, "Conventions").
pub(crate) fn created(how: How, first: StatusCode, location: &str, body: &impl Serialize) -> Response {
    let status = match how {
        How::New => first,
        How::Same | How::Replayed => StatusCode::OK,
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    if how == How::Replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    let location =
        HeaderValue::from_str(location).expect("a path of letters, digits, slashes and underscores");
    headers.insert(header::LOCATION, location);
    response
}
