//! What every answer passes on its way out: the request's id, the problem's body, the headers that all carry.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, Method, header};
use stet_domain::trace::TraceParent;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::problem::{PROBLEM_JSON, Problem};
use crate::request_id::RequestId;
use crate::state::ApiState;
use crate::traceparent;

/// The header of the request's id.
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer: one log line a request, and no answer without its headers.
pub(crate) async fn edge(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    let id = RequestId::of(request.headers(), state.ops.ids().as_ref());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let trace = traceparent::of(request.headers());
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        %method,
        path,
        trace_id = trace.as_ref().map(TraceParent::trace_id),
        parent_id = trace.as_ref().map(TraceParent::parent_id),
    );
    request.extensions_mut().insert(id.clone());
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let latency_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, latency_ms, "answered"));
    finish(response, &method, &id)
}

/// The answer as it leaves.
fn finish(response: Response, method: &Method, id: &RequestId) -> Response {
    let mut response =
        if response.status().as_u16() >= 400 { render(response, method, id) } else { response };
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.header());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // What is not said to be immutable belongs to one caller at one moment.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The problem in the place of whatever body stood there.
fn render(response: Response, method: &Method, id: &RequestId) -> Response {
    let (mut parts, _body) = response.into_parts();
    let problem = parts
        .extensions
        .remove::<Arc<Problem>>()
        .unwrap_or_else(|| Arc::new(Problem::of_status(parts.status, method)));
    let body = Json(problem.body(parts.status, &id.to_string())).into_response().into_body();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    Response::from_parts(parts, Body::new(body))
}

/// A panic is an answer too: the log has its words, the client has the request id.
pub(crate) fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words");
    tracing::error!(panic = words, "a handler panicked");
    drop(panic);
    Problem::internal().into_response()
}
