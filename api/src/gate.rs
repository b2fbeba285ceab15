//! What stands before an operation: the key, its role, and a bound on its time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, header};
use secrecy::{ExposeSecret as _, SecretString};
use stet_domain::code::ErrorCode;
use stet_domain::metric::Metric;
use stet_ops::{Actor, OpError, Operation};
use stet_store::Patience;

use crate::problem::Problem;
use crate::query::Query;
use crate::roles::Access;
use crate::state::ApiState;

/// How long a request waits for its turn at the database before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(4);

/// The gate of one operation.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) state: ApiState,
    pub(crate) operation_id: Arc<str>,
    pub(crate) access: Access,
    /// Whether the operation has parameters in its query; one that has none takes none, and what it has is its own to read.
    pub(crate) takes_query: bool,
    /// How long the operation may take, waits that the client asks for included.
    pub(crate) timeout: Duration,
}

/// The holder of the key that a request came with.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            tracing::error!("an operation that needs a caller stands behind an open gate");
            Problem::internal()
        })
    }
}

/// Lets a request pass to its operation. Nothing else of it is looked at before its key and role are.
pub(crate) async fn gate(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let operation = gate.operation_id.clone();
    let response = Patience::bounded(PATIENCE, pass(gate, request, next)).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!(Metric::HttpRequests.name(), "operation" => operation.clone(), "status" => status)
        .increment(1);
    metrics::histogram!(Metric::HttpRequestSeconds.name(), "operation" => operation).record(begun.elapsed());
    response
}

async fn pass(gate: Gate, mut request: Request, next: Next) -> Response {
    if let Access::Key(operation) = gate.access {
        let token = bearer(request.headers()).map(SecretString::from);
        let asked = Instant::now();
        match tokio::time::timeout(PATIENCE, admit(&gate.state, token, operation)).await {
            Ok(Ok(caller)) => request.extensions_mut().insert(caller),
            Ok(Err(error)) => return Problem::from(error).into_response(),
            Err(_elapsed) => {
                tracing::error!("no key could be looked up in time");
                return Problem::unavailable("the database cannot serve now").into_response();
            }
        };
        Patience::spend(asked.elapsed());
        if !gate.takes_query
            && let Err(problem) = Query::none(request.uri())
        {
            return problem.into_response();
        }
    }
    match tokio::time::timeout(gate.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => {
            let detail = format!("the operation took longer than {} ms", gate.timeout.as_millis());
            tracing::error!(detail, "an operation was given up");
            let problem = Problem::new(ErrorCode::Unavailable, detail);
            Problem { retry_after: Some(crate::problem::RETRY_AFTER_SECONDS), ..problem }.into_response()
        }
    }
}

async fn admit(
    state: &ApiState,
    token: Option<SecretString>,
    operation: Operation,
) -> Result<Caller, OpError> {
    let token = token.ok_or(OpError::Unauthenticated)?;
    let actor = state.ops.authenticate(token.expose_secret()).await?;
    actor.may(operation)?;
    Ok(Caller(actor))
}

/// The token of the one `Authorization: Bearer` header; nothing where there are several, for nobody could say which is meant.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (one, None) = (sent.next()?, sent.next()) else { return None };
    let (scheme, token) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches(' '))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_bearer_token_is_read() {
        let mut headers = HeaderMap::new();
        assert_eq!(bearer(&headers), None);
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  stet_x "));
        assert_eq!(bearer(&headers), Some("stet_x"));
        headers.append(header::AUTHORIZATION, HeaderValue::from_static("Bearer stet_y"));
        assert_eq!(bearer(&headers), None);
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic c3RldA=="));
        assert_eq!(bearer(&headers), None);
    }
}
