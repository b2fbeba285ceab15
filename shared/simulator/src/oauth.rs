//! The token endpoint: a signed assertion for an access token (RFC 7523; providers-wire.md §2.1).

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State as Extracted};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use axum::routing::post;
use serde::Deserialize;

use crate::exchange::{meet, spoilt};
use crate::provider::Provider;
use crate::scenario::{Endpoint, Fault, Grant, RateKind};
use crate::state::State;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const FORM: &str = "application/x-www-form-urlencoded";

/// The route of the endpoint.
pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new().route("/token", post(token))
}

#[derive(Deserialize)]
struct Form {
    grant_type: Option<String>,
    assertion: Option<String>,
}

/// An error as a token server tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal {
    status: u16,
    error: &'static str,
    description: &'static str,
}

const fn bad(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: 400, error, description }
}

/// `POST /token`.
async fn token(Extracted(state): Extracted<Arc<State>>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let then = meet(&state, Endpoint::Token, Provider::Vertex, "").await;
    if let Some(refusal) = then.fault.as_ref().and_then(refusal) {
        return refused(refusal);
    }
    if let Err(refusal) = check(&headers, &body) {
        return refused(refusal);
    }
    let body = granted(&state.issue_token(), state.scenario().tokens);
    let (mut reply, _) = spoilt(body, &then);
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

/// The error that a fault answers instead of a token.
fn refusal(fault: &Fault) -> Option<Refusal> {
    let status = match fault {
        Fault::Error { status, .. } => *status,
        Fault::RateLimit { limit: RateKind::TooLarge, .. } => 400,
        Fault::RateLimit { .. } | Fault::Quota { .. } => 429,
        Fault::Failed { .. } => 500,
        Fault::Cut(_) | Fault::Huge { .. } | Fault::InvalidUtf8 | Fault::Page | Fault::Hang => return None,
    };
    Some(match status {
        429 => Refusal { status, error: "rate_limit_exceeded", description: "Rate limit exceeded." },
        401 => Refusal { status, error: "invalid_client", description: "The OAuth client was not found." },
        500.. => Refusal { status, error: "internal_failure", description: "The server could not answer." },
        _ => Refusal { status, error: "invalid_grant", description: "Invalid JWT Signature." },
    })
}

/// Whether the form holds what the grant needs. The signature is not looked at: the simulator knows no keys.
fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some(FORM) {
        return Err(bad("invalid_request", "The content type must be application/x-www-form-urlencoded."));
    }
    // A form is spelled as a query is, and axum reads queries from addresses.
    let unreadable = bad("invalid_request", "The form cannot be read.");
    let uri = Uri::try_from([b"/?", body].concat()).map_err(|_unreadable| unreadable)?;
    let Query(form) = Query::<Form>::try_from_uri(&uri).map_err(|_unreadable| unreadable)?;
    match form.grant_type.as_deref() {
        Some(GRANT_TYPE) => {}
        Some(_) => return Err(bad("unsupported_grant_type", "Invalid grant_type.")),
        None => return Err(bad("invalid_request", "Required parameter is missing: grant_type")),
    }
    match form.assertion.as_deref() {
        Some(assertion) if is_signed(assertion) => Ok(()),
        Some(_) => Err(bad("invalid_grant", "Bad Request: the assertion is no JWT of three parts.")),
        None => Err(bad("invalid_request", "Required parameter is missing: assertion")),
    }
}

/// Whether the assertion has a header, claims and a signature, in base64 for addresses and without padding.
fn is_signed(assertion: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let parts: Vec<&str> = assertion.split('.').collect();
    parts.len() == 3
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(plain) && part.len() % 4 != 1)
}

fn granted(token: &str, grant: Grant) -> String {
    let quote = if grant.expires_in_as_text { "\"" } else { "" };
    let Grant { expires_in_s, .. } = grant;
    format!(
        "{{\"access_token\":\"{token}\",\"expires_in\":{quote}{expires_in_s}{quote},\"token_type\":\"Bearer\"}}"
    )
}

fn refused(refusal: Refusal) -> Response<Body> {
    let Refusal { status, error, description } = refusal;
    let body = format!("{{\n  \"error\": \"{error}\",\n  \"error_description\": \"{description}\"\n}}");
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    reply.headers_mut().insert(CONTENT_TYPE, json);
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(form: &str) -> Result<(), &'static str> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(FORM))]);
        check(&headers, form.as_bytes()).map_err(|refusal| refusal.error)
    }

    #[test]
    fn a_grant_needs_its_type_and_a_signed_assertion() {
        let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        assert_eq!(checked(&format!("{grant}&assertion=eyJh.eyJp.c2ln")), Ok(()));
        assert_eq!(checked(&format!("{grant}&assertion=eyJh.eyJp")), Err("invalid_grant"));
        assert_eq!(checked(&format!("{grant}&assertion=eyJh.eyJp.c2%2Bn")), Err("invalid_grant"));
        assert_eq!(checked(grant), Err("invalid_request"));
        assert_eq!(checked("grant_type=password"), Err("unsupported_grant_type"));
        assert_eq!(checked(""), Err("invalid_request"));
        assert_eq!(check(&HeaderMap::new(), b"").map_err(|refusal| refusal.status), Err(400));
    }
}
