//! One generation call, from its receipt to its reply.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extracted};
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use stet_domain::Json;

use super::access;
use super::answer::Draft;
use super::ask::{Ask, mode};
use super::body;
use super::contents::texts;
use super::error::ApiError;
use super::surface::{Surface, Target};
use crate::draw::Draw;
use crate::exchange::{Decided, client_request_id, meet, traceparent, wait};
use crate::scenario::{Endpoint, Fault, Then};
use crate::state::{Facts, State};

/// `POST /v1beta/models/{model}:generateContent`.
pub(super) async fn developer(
    Extracted(state): Extracted<Arc<State>>,
    Path(call): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (model, method) = split(&call);
    generate(&state, &Target::developer(model), method, (&uri, &headers, &body)).await
}

/// `POST /v1/projects/{project}/locations/{location}/publishers/google/models/{model}:generateContent`.
pub(super) async fn vertex(
    Extracted(state): Extracted<Arc<State>>,
    Path((project, location, call)): Path<(String, String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let (model, method) = split(&call);
    generate(&state, &Target::vertex(&project, &location, model), method, (&uri, &headers, &body)).await
}

/// A model and its method, as the last step of the path has them.
fn split(call: &str) -> (&str, &str) {
    call.rsplit_once(':').unwrap_or((call, ""))
}

type Request<'a> = (&'a Uri, &'a HeaderMap, &'a [u8]);

async fn generate(state: &State, target: &Target, method: &str, request: Request<'_>) -> Response<Body> {
    let received_us = state.now_us();
    let _in_flight = state.enter();
    let Decided { reply, latency, hangs, .. } = decide(state, received_us, target, method, request);
    wait(state, latency, hangs).await;
    reply
}

/// Everything but the waiting: the reply is settled, and the call remembered, at its receipt.
fn decide(state: &State, received_us: u64, target: &Target, method: &str, request: Request<'_>) -> Decided {
    let (uri, headers, body) = request;
    let provider = target.surface.provider();
    let number = state.receive(Endpoint::Responses, provider);
    let client_request_id = client_request_id(headers);
    let parsed = access::check(state, target.surface, headers, uri)
        .and_then(
            |()| if method == "generateContent" { Ok(()) } else { Err(ApiError::model(target, method)) },
        )
        .and_then(|()| Json::parse(body).map_err(|_refusal| ApiError::unparsable()));
    let document = parsed.as_ref().unwrap_or(&Json::Null);
    let draw =
        Draw::of_request(state.seed, client_request_id.unwrap_or_default(), &document.to_canonical_bytes());
    let says = |stretch: &str| texts(document).iter().any(|(_, said)| said.contains(stretch));
    let facts = Facts {
        endpoint: Endpoint::Responses,
        provider,
        number,
        model: &target.model,
        mode: if document.is_null() { "" } else { mode(document) },
        client_request_id,
        traceparent: traceparent(headers),
        says: &says,
        draw: &draw,
    };
    let (mut decided, then) = match &parsed {
        Err(error) => (Decided::refused(error.reply(), Duration::ZERO), Then::default()),
        Ok(document) => answer(state, document, target, &facts),
    };
    finish(&mut decided, target.surface, &then);
    state.record(&facts, received_us, std::mem::take(&mut decided.outcome).into());
    decided
}

/// The reply to a readable request, and what the scenario did to it.
fn answer(state: &State, document: &Json, target: &Target, facts: &Facts<'_>) -> (Decided, Then) {
    let (then, latency) = state.decide(facts);
    if let Some(refused) = then.fault.as_ref().and_then(|fault| refusal(fault, target)) {
        return (Decided::refused(refused.reply(), latency), then);
    }
    let scenario = state.scenario();
    let decided = match Ask::read(document, target, &scenario) {
        Ok(ask) => {
            let draft = Draft::of(&ask, &then, facts.draw);
            Decided::answered(body::write(&ask, &draft, &then, facts.draw), &then, latency)
        }
        Err(error) => Decided::refused(error.reply(), latency),
    };
    (decided, then)
}

/// The error that a fault answers instead of anything else.
fn refusal(fault: &Fault, target: &Target) -> Option<ApiError> {
    match fault {
        Fault::RateLimit { retry_after_s, retry_after_ms, limit } => {
            let delay_ms = retry_after_ms.or(retry_after_s.map(|seconds| seconds.saturating_mul(1_000)));
            Some(ApiError::rate(target, *limit, delay_ms))
        }
        Fault::Quota { .. } => Some(ApiError::quota(target)),
        Fault::Error { status, retry_after_s } => {
            Some(ApiError::status(target.surface, *status, *retry_after_s))
        }
        Fault::Failed { .. }
        | Fault::Cut(_)
        | Fault::Huge { .. }
        | Fault::InvalidUtf8
        | Fault::Page
        | Fault::Hang => None,
    }
}

/// The headers of every reply; a page of a proxy keeps its type.
fn finish(decided: &mut Decided, surface: Surface, then: &Then) {
    let took = format!("gfet4t7; dur={}", decided.latency.as_millis());
    let headers = decided.reply.headers_mut();
    if then.fault != Some(Fault::Page) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    }
    headers.insert(VARY, HeaderValue::from_static("Origin, X-Origin, Referer"));
    headers.insert("server-timing", HeaderValue::from_str(&took).expect("digits fit a header"));
    if surface == Surface::Developer {
        let tier = then.service_tier.as_deref().and_then(|tier| HeaderValue::from_str(tier).ok());
        headers.insert("x-gemini-service-tier", tier.unwrap_or(HeaderValue::from_static("standard")));
    }
}

/// Every other address of the Developer API: a page, as the vendor's front end sends it.
pub(super) async fn unknown(uri: Uri) -> Response<Body> {
    let path = uri.path().replace('&', "&amp;").replace('<', "&lt;");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error 404 (Not Found)!!1</title>\n<p>The requested URL \
         <code>{path}</code> was not found on this server.\n"
    );
    let mut reply = Response::new(Body::from(page));
    *reply.status_mut() = StatusCode::NOT_FOUND;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
    reply
}

/// The fault that a call of the model list meets, as an error, once it took its time.
pub(super) async fn listing_fault(state: &State, target: &Target) -> Option<ApiError> {
    let then = meet(state, Endpoint::Models, target.surface.provider(), &target.model).await;
    then.fault.as_ref().and_then(|fault| refusal(fault, target))
}
