//! What a client prefers of waiting (RFC 7240).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use stet_ops::MAX_RUN_WAIT;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Preferences that are honoured; others are ignored, as the standard has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Prefer {
    respond_async: bool,
    wait_seconds: Option<u64>,
}

impl Prefer {
    fn of(headers: &HeaderMap) -> Self {
        let mut prefer = Self::default();
        let sent = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        for preference in sent.flat_map(|value| value.split(',')) {
            // Of a preference given twice the first counts (RFC 7240, section 2).
            let (name, value) =
                preference.split(';').next().and_then(|one| one.split_once('=')).unwrap_or((preference, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "respond-async" => prefer.respond_async = true,
                "wait" => prefer.wait_seconds = prefer.wait_seconds.or_else(|| value.parse().ok()),
                _unknown => {}
            }
        }
        prefer
    }

    /// How long to wait for a run's end.
    pub(crate) fn wait(self, unsaid: Duration) -> Duration {
        match (self.respond_async, self.wait_seconds) {
            (_, Some(seconds)) => Duration::from_secs(seconds).min(MAX_RUN_WAIT),
            (true, None) => Duration::ZERO,
            (false, None) => unsaid,
        }
    }

    /// Says in the answer what was honoured.
    pub(crate) fn applied(self, mut response: Response) -> Response {
        let wait = self.wait_seconds.map(|seconds| format!("wait={}", seconds.min(MAX_RUN_WAIT.as_secs())));
        let applied: Vec<String> =
            self.respond_async.then(|| "respond-async".to_owned()).into_iter().chain(wait).collect();
        if let (false, Ok(value)) = (applied.is_empty(), HeaderValue::from_str(&applied.join(", "))) {
            response.headers_mut().insert(PREFERENCE_APPLIED, value);
        }
        response
    }
}

impl<S: Sync> FromRequestParts<S> for Prefer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefer(values: &[&'static str]) -> Prefer {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("prefer", HeaderValue::from_static(value));
        }
        Prefer::of(&headers)
    }

    #[test]
    fn waits_are_bounded_and_the_first_counts() {
        let unsaid = Duration::from_secs(30);
        assert_eq!(prefer(&[]).wait(unsaid), unsaid);
        assert_eq!(prefer(&["Respond-Async"]).wait(unsaid), Duration::ZERO);
        assert_eq!(prefer(&["respond-async, wait=5"]).wait(unsaid), Duration::from_secs(5));
        assert_eq!(prefer(&["wait=\"7\"; x=y", "wait=9"]).wait(unsaid), Duration::from_secs(7));
        assert_eq!(prefer(&["wait=99999"]).wait(unsaid), MAX_RUN_WAIT);
        assert_eq!(prefer(&["wait=soon", "handling=lenient"]), Prefer::default());
    }

    #[test]
    fn what_was_honoured_is_said() {
        let said = |prefer: Prefer| {
            let response = prefer.applied(Response::default());
            response.headers().get("preference-applied").map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(said(prefer(&["respond-async, wait=500"])).as_deref(), Some("respond-async, wait=120"));
        assert_eq!(said(prefer(&["handling=lenient"])), None);
    }
}
