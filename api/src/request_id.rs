//! The id that a request goes by in answers and logs.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use stet_domain::clock::Ids;

/// Characters of a client's own id at most.
const MAX_CHARS: usize = 128;

/// A request's id: the client's, where it sent a sane one, else a ULID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The id of the request with these headers.
    pub(crate) fn of(headers: &HeaderMap, ids: &dyn Ids) -> Self {
        let sent = headers.get("x-request-id").and_then(|value| value.to_str().ok());
        match sent {
            Some(text) if is_sane(text) => Self(text.to_owned()),
            Some(_) | None => Self(ids.ulid().to_string()),
        }
    }

    /// The id as a header's value.
    pub(crate) fn header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).expect("letters, digits and -_.:+/=@ are visible ASCII")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing that could break out of a log line, a header or a page.
fn is_sane(text: &str) -> bool {
    (1..=MAX_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:+/=@".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_ids_are_taken() {
        assert!(is_sane("01JD8Q3Z5X6Y7W8V9T0S1R2P3N") && is_sane("a/b=c@d:1.2+3_4-5"));
        for refused in ["", "a b", "a\"b", "<b>", "a\\b", "ä", &"a".repeat(129)] {
            assert!(!is_sane(refused), "{refused:?}");
        }
    }
}
