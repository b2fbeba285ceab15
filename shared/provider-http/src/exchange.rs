//! One exchange of any vendor: the call's bytes go out once, and what came back is read.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};
use stet_domain::Digest;
use stet_domain::versions::ListingFailure;
use stet_provider::{Answer, Call, Exchange, Failure, Outcome, ReplyHead};
use url::Url;

use crate::credential::Credential;
use crate::fields::bounded;
use crate::transport::{Broken, Head, Request, Sent, SetupError, Transport};

/// The header by which a call goes on a caller's trace (W3C Trace Context).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The header that tells repeats of one exchange from other exchanges (providers.md, Requests 5).
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");

/// The header by which a vendor, or a gateway before it, names its side of an exchange.
const REQUEST_ID: &str = "x-request-id";

/// Characters of the provider's request id that are kept.
const REQUEST_ID_MAX_CHARS: usize = 200;

/// How a whole reply is read: status, headers, bytes.
pub(crate) type Read = fn(u16, &HeaderMap, &[u8]) -> Result<Answer, Failure>;

/// The address of `segments` under `base`, each segment escaped.
pub(crate) fn under(base: &Url, segments: &[&str]) -> Result<Url, SetupError> {
    let mut url = base.clone();
    let mut path = url.path_segments_mut().map_err(|()| SetupError::Address(base.clone()))?;
    path.pop_if_empty().extend(segments);
    drop(path);
    Ok(url)
}

/// Posts the call's bytes once and reads what came.
pub(crate) async fn generate(
    transport: &Transport,
    credential: &Credential,
    url: Url,
    call: &Call,
    request_body: Bytes,
    read: Read,
) -> Outcome {
    let mut headers = accepting_json();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CLIENT_REQUEST_ID, digits(&call.client_request_id.to_string()));
    if let Some(trace) = &call.trace {
        headers.insert(TRACEPARENT, digits(trace.as_str()));
    }
    credential.authorise(&mut headers);
    let request = Request { method: Method::POST, url, headers, body: Some(request_body.clone()) };
    let sent = credential.redact(transport.send(request).await);
    let (result, head) = match sent.result {
        Ok(head) => (read(head.status, &head.headers, &sent.body), Some(head)),
        // An error status says more than the break behind it.
        Err(Broken { head: Some(head), .. }) if head.status >= 400 => {
            (read(head.status, &head.headers, &sent.body), Some(head))
        }
        Err(Broken { failure, head }) => (Err(failure), head),
    };
    let reply = head.map(|Head { status, headers }| ReplyHead { status, request_id: request_id(&headers) });
    let exchange = Exchange {
        request_sha256: Digest::of(&request_body),
        request_body,
        reply,
        reply_body: sent.body,
        latency_ms: sent.latency_ms,
    };
    Outcome { exchange, result }
}

fn digits(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("hexadecimal digits and hyphens fit a header")
}

/// The outcome of a call that could not be sent.
pub(crate) fn unsent(request_body: Bytes, failure: Failure) -> Outcome {
    let exchange = Exchange {
        request_sha256: Digest::of(&request_body),
        request_body,
        reply: None,
        reply_body: Bytes::new(),
        latency_ms: 0,
    };
    Outcome { exchange, result: Err(failure) }
}

/// Gets a part of a list; `etag` is the validator of what is known.
pub(crate) async fn get(
    transport: &Transport,
    credential: &Credential,
    url: Url,
    etag: Option<&str>,
) -> Result<(Head, Bytes), ListingFailure> {
    let mut headers = accepting_json();
    if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(IF_NONE_MATCH, etag);
    }
    credential.authorise(&mut headers);
    let request = Request { method: Method::GET, url, headers, body: None };
    let Sent { result, body, .. } = credential.redact(transport.send(request).await);
    match result {
        Ok(head) => Ok((head, body)),
        Err(Broken { failure, .. }) => Err(ListingFailure { code: failure.code, detail: failure.detail }),
    }
}

fn accepting_json() -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))])
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(bounded(headers.get(REQUEST_ID)?.to_str().ok()?, REQUEST_ID_MAX_CHARS))
}
