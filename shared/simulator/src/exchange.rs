//! What every call goes through, whichever vendor it is for: its receipt, its faults and its waiting.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response};

use crate::draw::Draw;
use crate::fault;
use crate::provider::Provider;
use crate::scenario::{Cut, Endpoint, Fault, Then};
use crate::state::{Facts, State};

const CLIENT_REQUEST_ID: &str = "x-client-request-id";

/// What was decided for a call at its receipt.
pub(crate) struct Decided {
    pub(crate) reply: Response<Body>,
    pub(crate) outcome: String,
    pub(crate) latency: Duration,
    pub(crate) hangs: bool,
}

impl Decided {
    /// An error reply.
    pub(crate) fn refused(reply: Response<Body>, latency: Duration) -> Self {
        Self { outcome: reply.status().as_u16().to_string(), reply, latency, hangs: false }
    }

    /// An answer, with what the scenario does to its bytes.
    pub(crate) fn answered(body: String, then: &Then, latency: Duration) -> Self {
        let (reply, outcome) = spoilt(body, then);
        Self { reply, outcome: outcome.to_owned(), latency, hangs: then.fault == Some(Fault::Hang) }
    }
}

/// The id that the client gave its exchange.
pub(crate) fn client_request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(CLIENT_REQUEST_ID).and_then(|id| id.to_str().ok())
}

/// The caller's trace that a call goes on (W3C Trace Context).
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<&str> {
    headers.get("traceparent").and_then(|trace| trace.to_str().ok())
}

/// The body with what the scenario does to its bytes, and the name of it.
pub(crate) fn spoilt(body: String, then: &Then) -> (Response<Body>, &'static str) {
    let body = Bytes::from(body);
    let mut reply = Response::new(Body::empty());
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let outcome = match &then.fault {
        Some(Fault::Cut(Cut { after_bytes })) => {
            fault::cut(&mut reply, &body, *after_bytes);
            "cut"
        }
        Some(Fault::Huge { bytes }) => {
            fault::huge(&mut reply, *bytes);
            "huge"
        }
        Some(Fault::InvalidUtf8) => {
            *reply.body_mut() = Body::from(fault::invalid_utf8(&body));
            "invalid_utf8"
        }
        Some(Fault::Page) => {
            fault::page(&mut reply);
            "page"
        }
        other => {
            *reply.body_mut() = Body::from(body);
            match other {
                Some(Fault::Failed { .. }) => "failed",
                Some(Fault::Hang) => "hang",
                _ => "answer",
            }
        }
    };
    (reply, outcome)
}

/// Waits as long as the call takes; a simulator that is closing waits no longer.
pub(crate) async fn wait(state: &State, latency: Duration, hangs: bool) {
    if hangs {
        return fault::hang(state.closing.clone()).await;
    }
    if latency.is_zero() {
        return;
    }
    let mut closing = state.closing.clone();
    tokio::select! {
        () = tokio::time::sleep(latency) => {}
        _ = closing.wait_for(|closing| *closing) => {}
    }
}

/// Receives a call that is no generation, lets it take its time, and says what the scenario does to it; `subject` is
/// the model it names, or nothing.
pub(crate) async fn meet(state: &State, endpoint: Endpoint, provider: Provider, subject: &str) -> Then {
    let number = state.receive(endpoint, provider);
    let draw = Draw::of_words(state.seed, subject).fork(number.of_endpoint);
    let says = |_: &str| false;
    let facts = Facts {
        endpoint,
        provider,
        number,
        model: subject,
        mode: "",
        client_request_id: None,
        traceparent: None,
        says: &says,
        draw: &draw,
    };
    let (then, latency) = state.decide(&facts);
    wait(state, latency, then.fault == Some(Fault::Hang)).await;
    then
}
