//! The HTTP surface: router, extractors, wire types, problems, OpenAPI.
//!
//! [`router()`] turns an [`ApiState`] into the service that [`serve()`] serves. The folders below `v1` mirror the paths, one operation a file; a request
//! passes the edge (request id, problem bodies, headers), its gate (key, role, time) and the operation, which extracts, calls one method of
//! [`stet_ops::Ops`] and maps the answer to [`wire`] types.

mod created;
mod cursor;
mod docs;
mod edge;
mod etag;
mod fields;
mod gate;
mod listing;
mod livez;
mod metrics;
pub mod openapi;
mod openapi_json;
mod path_id;
mod posted;
mod prefer;
mod problem;
mod query;
mod readyz;
mod request_id;
pub mod roles;
mod router;
mod run_query;
mod serve;
mod state;
mod traceparent;
mod v1;
pub mod wire;

pub use problem::{PROBLEM_JSON, problem_type};
pub use router::{probes, router};
pub use serve::{ServeOptions, serve};
pub use state::{ApiOptions, ApiState, CursorKey, MetricsText, Readiness};
