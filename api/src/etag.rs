//! Entity tags of what never changes (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use stet_domain::Digest;

/// For ever, by the reader's own cache: the answer needs a key.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");

/// The answer with its tag, or 304 where the client holds it.
pub(crate) fn immutable(digest: Digest, asked: &HeaderMap, body: impl IntoResponse) -> Response {
    let tag = format!("\"{digest}\"");
    let held = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag);
    let mut response = if held { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let tag = HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes are visible ASCII");
    response.headers_mut().insert(header::ETAG, tag);
    response.headers_mut().insert(header::CACHE_CONTROL, IMMUTABLE);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(asked: &'static str) -> u16 {
        let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(asked))]);
        let response = immutable(Digest::of(b""), &headers, "body");
        assert!(response.headers().contains_key(header::ETAG));
        response.status().as_u16()
    }

    #[test]
    fn a_held_tag_is_answered_without_a_body() {
        const TAG: &str = "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"";
        assert_eq!(status(TAG), 304);
        assert_eq!(
            status("\"x\", W/\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""),
            304
        );
        assert_eq!(status("*"), 304);
        assert_eq!(status("\"x\""), 200);
        assert_eq!(status("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), 200);
    }
}
