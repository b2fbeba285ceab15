//! The caller's trace (W3C Trace Context, `traceparent`).

use http::HeaderMap;
use stet_domain::trace::TraceParent;

/// The one that the request carries; a malformed one is as none, as the standard has it.
pub(crate) fn of(headers: &HeaderMap) -> Option<TraceParent> {
    headers.get("traceparent")?.to_str().ok().and_then(TraceParent::parse)
}
