//! A submitted JSON body: bounded, strict, read once.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::{HeaderMap, header};
use stet_canon::Json;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::trace::TraceParent;
use stet_ops::{IdempotencyKey, IdempotentRequest};

use crate::problem::Problem;
use crate::state::ApiState;
use crate::traceparent;

/// Bytes of most bodies at most: 1 MiB.
pub(crate) const BODY_BYTES: usize = 1 << 20;

/// Bytes of a batch submission at most: 16 MiB.
pub(crate) const BATCH_BODY_BYTES: usize = 16 << 20;

/// Arrays and objects that may be open at once in a body (api.md, "Conventions"); canonical JSON itself takes more.
const MAX_DEPTH: usize = 64;

/// A body of at most `LIMIT` bytes, with the Idempotency-Key that it came under.
#[derive(Debug)]
pub(crate) struct Posted<const LIMIT: usize = BODY_BYTES> {
    /// The document.
    pub(crate) json: Json,
    /// The document as spelt.
    pub(crate) bytes: Vec<u8>,
    /// The request as it is remembered under its key; `None` without one.
    pub(crate) idempotent: Option<IdempotentRequest>,
    /// The trace that it came in.
    pub(crate) trace: Option<TraceParent>,
}

impl<const LIMIT: usize> FromRequest<ApiState> for Posted<LIMIT> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key = idempotency_key(&parts.headers)?;
        require_json(&parts.headers)?;
        refuse_declared(&parts.headers, LIMIT)?;
        let bytes = tokio::time::timeout(state.options.body_timeout, read(body, LIMIT))
            .await
            .map_err(|_elapsed| late(state))??;
        let json =
            Json::parse(&bytes).map_err(|refusal| unreadable(FieldError::from_refusal("", &refusal)))?;
        if let Some(pointer) = too_deep(&json, MAX_DEPTH) {
            let detail = format!("nested deeper than {MAX_DEPTH} arrays and objects");
            return Err(unreadable(FieldError::new(pointer, ErrorCode::JsonTooDeep, detail)));
        }
        let query = parts.uri.query().unwrap_or_default();
        let idempotent =
            key.map(|key| IdempotentRequest::new(key, parts.method.as_str(), parts.uri.path(), query, &json));
        Ok(Self { json, bytes, idempotent, trace: traceparent::of(&parts.headers) })
    }
}

fn late(state: &ApiState) -> Problem {
    let limit_ms = state.options.body_timeout.as_millis();
    Problem::new(ErrorCode::RequestTimeout, format!("the body did not arrive within {limit_ms} ms"))
}

fn unreadable(error: FieldError) -> Problem {
    let detail = format!("the body cannot be read: {}", error.detail);
    Problem { errors: vec![error], ..Problem::new(ErrorCode::BadRequest, detail) }
}

/// The one Idempotency-Key, checked.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Problem> {
    let refused = |detail: String| Problem::new(ErrorCode::BadRequest, detail);
    let mut sent = headers.get_all("idempotency-key").iter();
    let Some(first) = sent.next() else { return Ok(None) };
    if sent.next().is_some() {
        return Err(refused("the header Idempotency-Key is given more than once".to_owned()));
    }
    // What is not ASCII cannot be shown as text; the key's own rule refuses it with its length.
    let text = String::from_utf8_lossy(first.as_bytes());
    text.parse().map(Some).map_err(|error: stet_ops::InvalidIdempotencyKey| refused(error.to_string()))
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim_matches(' ');
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|coding| coding.as_bytes() == b"identity");
    if essence.eq_ignore_ascii_case("application/json") && plain {
        return Ok(());
    }
    let found = if plain {
        format!("the content type is {}", crate::fields::shown(sent))
    } else {
        "it is encoded".to_owned()
    };
    let detail = format!("the body must be application/json without an encoding; {found}");
    Err(Problem::new(ErrorCode::UnsupportedMediaType, detail))
}

/// A body that says itself to be too large is not read at all.
fn refuse_declared(headers: &HeaderMap, limit: usize) -> Result<(), Problem> {
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match declared {
        Some(length) if length > limit as u64 => {
            let detail = format!("the body has {length} bytes, at most {limit} are taken");
            Err(Problem::new(ErrorCode::BodyTooLarge, detail))
        }
        Some(_) | None => Ok(()),
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    match axum::body::to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => {
            let source = std::error::Error::source(&error);
            if source.is_some_and(|source| source.to_string().contains("length limit")) {
                let detail = format!("the body has more than {limit} bytes, at most {limit} are taken");
                return Err(Problem::new(ErrorCode::BodyTooLarge, detail));
            }
            Err(Problem::new(ErrorCode::BadRequest, "the body broke off before its end"))
        }
    }
}

/// A pointer to the first array or object that is the `limit + 1`st to be open.
fn too_deep(json: &Json, limit: usize) -> Option<String> {
    let token =
        |at: String, child: &Json, left: usize| too_deep(child, left).map(|below| format!("/{at}{below}"));
    match json {
        Json::Array(_) | Json::Object(_) if limit == 0 => Some(String::new()),
        Json::Array(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(index, element)| token(index.to_string(), element, limit - 1)),
        Json::Object(members) => members
            .iter()
            .find_map(|(key, value)| token(key.replace('~', "~0").replace('/', "~1"), value, limit - 1)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_65th_open_bracket_is_found_and_pointed_at() {
        let nested = |depth: usize| {
            let text = "[".repeat(depth - 1) + r#"{"a/b":0}"# + &"]".repeat(depth - 1);
            Json::parse(text.as_bytes()).unwrap()
        };
        assert_eq!(too_deep(&nested(64), MAX_DEPTH), None);
        assert_eq!(too_deep(&nested(65), MAX_DEPTH), Some("/0".repeat(64)));
    }

    #[test]
    fn only_plain_json_is_taken() {
        let with = |content_type: &'static str| {
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))])
        };
        assert!(require_json(&with("application/json")).is_ok());
        assert!(require_json(&with("Application/JSON; charset=utf-8")).is_ok());
        assert!(require_json(&with("text/json")).is_err());
        assert!(require_json(&HeaderMap::new()).is_err());
        let mut zipped = with("application/json");
        zipped.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        assert!(require_json(&zipped).is_err());
    }
}
