//! One generation call, from its receipt to its reply.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State as Extracted;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method, Response, Uri};
use stet_domain::Json;

use super::answer::Draft;
use super::ask::{Ask, mode, texts};
use super::body;
use super::error::ApiError;
use crate::draw::Draw;
use crate::exchange::{Decided, client_request_id, meet, traceparent, wait};
use crate::fields::text;
use crate::provider::Provider;
use crate::scenario::{Endpoint, Fault};
use crate::state::{Facts, State};

/// `POST /v1/responses`.
pub(super) async fn create(
    Extracted(state): Extracted<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let received_us = state.now_us();
    let _in_flight = state.enter();
    let Decided { reply, latency, hangs, .. } = decide(&state, received_us, &headers, &body);
    wait(&state, latency, hangs).await;
    reply
}

/// Everything but the waiting: the reply is settled, and the call remembered, at its receipt.
fn decide(state: &State, received_us: u64, headers: &HeaderMap, body: &[u8]) -> Decided {
    let number = state.receive(Endpoint::Responses, Provider::Openai);
    let client_request_id = client_request_id(headers);
    let parsed =
        accept(state, headers).and_then(|()| Json::parse(body).map_err(|_refusal| ApiError::unparsable()));
    let document = parsed.as_ref().unwrap_or(&Json::Null);
    let draw =
        Draw::of_request(state.seed, client_request_id.unwrap_or_default(), &document.to_canonical_bytes());
    let says = |stretch: &str| texts(document).iter().any(|(_, said)| said.contains(stretch));
    let facts = Facts {
        endpoint: Endpoint::Responses,
        provider: Provider::Openai,
        number,
        model: text(document, "model").unwrap_or_default(),
        mode: if document.is_null() { "" } else { mode(document) },
        client_request_id,
        traceparent: traceparent(headers),
        says: &says,
        draw: &draw,
    };
    let mut decided = match &parsed {
        Err(error) => Decided::refused(error.reply(), Duration::ZERO),
        Ok(document) => answer(state, document, &facts),
    };
    finish(&mut decided.reply, &draw, number.of_endpoint, decided.latency);
    state.record(&facts, received_us, std::mem::take(&mut decided.outcome).into());
    decided
}

/// The reply to a readable request.
fn answer(state: &State, document: &Json, facts: &Facts<'_>) -> Decided {
    let (then, latency) = state.decide(facts);
    if let Some(refused) = then.fault.as_ref().and_then(|fault| refusal(fault, facts.model)) {
        return Decided::refused(refused.reply(), latency);
    }
    let scenario = state.scenario();
    let ask = match Ask::read(document, &scenario) {
        Ok(ask) => ask,
        Err(error) => return Decided::refused(error.reply(), latency),
    };
    let draft = match &then.fault {
        Some(Fault::Failed { code }) => Draft::failed(code),
        _ => Draft::of(&ask, &then, facts.draw),
    };
    Decided::answered(body::write(&ask, &draft, &then, facts.draw), &then, latency)
}

/// The error that a fault answers instead of anything else.
fn refusal(fault: &Fault, model: &str) -> Option<ApiError> {
    match fault {
        Fault::RateLimit { retry_after_s, retry_after_ms, limit } => {
            Some(ApiError::rate(*limit, model, (*retry_after_s, *retry_after_ms)))
        }
        Fault::Quota { code } => Some(ApiError::quota(code)),
        Fault::Error { status, retry_after_s } => Some(ApiError::status(*status, *retry_after_s)),
        Fault::Failed { .. }
        | Fault::Cut(_)
        | Fault::Huge { .. }
        | Fault::InvalidUtf8
        | Fault::Page
        | Fault::Hang => None,
    }
}

/// The headers of every reply.
fn finish(reply: &mut Response<Body>, draw: &Draw, call: u64, latency: Duration) {
    let mut ids = draw.fork(call);
    let request_id = format!("req_{:016x}{:016x}", ids.next(), ids.next());
    let headers = reply.headers_mut();
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    headers.insert("openai-version", HeaderValue::from_static("2020-10-01"));
    headers.insert(
        "openai-processing-ms",
        HeaderValue::from(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)),
    );
    let request_id = HeaderValue::from_str(&request_id).expect("hexadecimal digits fit a header");
    headers.insert("x-request-id", request_id);
}

/// Whether the key is one that is accepted.
pub(super) fn accept(state: &State, headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key =
        given.and_then(|value| value.strip_prefix("Bearer ")).map(str::trim).filter(|key| !key.is_empty());
    match (key, &state.key) {
        (None, _) => Err(ApiError::key(None)),
        (Some(key), Some(expected)) if key != expected => Err(ApiError::key(Some(key))),
        (Some(_), _) => Ok(()),
    }
}

/// Every other address.
pub(super) async fn unknown(method: Method, uri: Uri) -> Response<Body> {
    let mut reply = ApiError::address(method.as_str(), uri.path()).reply();
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

/// The fault that a call of the model list meets, as an error, once it took its time.
pub(super) async fn listing_fault(state: &State, id: &str) -> Option<ApiError> {
    let then = meet(state, Endpoint::Models, Provider::Openai, id).await;
    then.fault.as_ref().and_then(|fault| refusal(fault, id))
}
