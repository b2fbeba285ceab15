//! What OpenAI's errors mean: by status *and* code (providers-wire.md §1.8; providers.md, Decoding 5).

use reqwest::header::HeaderMap;
use stet_domain::Json;
use stet_domain::code::ErrorCode;
use stet_provider::{Failure, FailureClass};

use crate::fields::{bounded, text};
use crate::retry_delay::retry_after_ms;

/// Characters of a provider's message that a failure keeps.
const DETAIL_MAX_CHARS: usize = 1_000;

/// Codes and types of 429 that no waiting cures: a person has to act on the account.
const BILLING: [&str; 5] = [
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
];

/// The `error` object of a reply, as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct ErrorBody<'a> {
    code: Option<&'a str>,
    kind: Option<&'a str>,
    message: &'a str,
}

impl<'a> ErrorBody<'a> {
    /// Reads the value at `error`.
    pub(super) fn of(error: &'a Json) -> Self {
        Self { code: text(error, "code"), kind: text(error, "type"), message: text(error, "message").unwrap_or_default() }
    }

    fn is_billing(&self) -> bool {
        [self.code, self.kind].into_iter().flatten().any(|name| BILLING.contains(&name))
    }

    /// A request larger than the whole limit never fits, however long it waits.
    fn is_larger_than_the_limit(&self) -> bool {
        let number_after = |word: &str| {
            let (_, rest) = self.message.split_once(word)?;
            let digits: String = rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
            digits.replace(',', "").parse::<u64>().ok()
        };
        match (number_after("Limit"), number_after("Requested")) {
            (Some(limit), Some(requested)) => requested > limit,
            _ => self.message.starts_with("Request too large"),
        }
    }

    fn failure(&self, told: &str, code: ErrorCode, class: FailureClass, headers: &HeaderMap) -> Failure {
        let name = self.code.or(self.kind).unwrap_or("no code");
        let words = if self.message.is_empty() { "no message" } else { self.message };
        let waits = matches!(class, FailureClass::Retryable | FailureClass::RateLimited);
        Failure {
            code,
            class,
            detail: bounded(&format!("{told}, {name}: {words}"), DETAIL_MAX_CHARS),
            retry_after_ms: if waits { retry_after_ms(headers, self.message) } else { None },
        }
    }
}

/// The failure that a reply of another status than 2xx stands for.
pub(super) fn of_status(status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    let told = format!("HTTP {status}");
    match Json::parse(body) {
        Ok(document) => {
            let error = document.get("error").map_or_else(ErrorBody::default, ErrorBody::of);
            let (code, class) = classify(status, &error);
            error.failure(&told, code, class, headers)
        }
        Err(_no_json) => {
            // A proxy's page, most likely; its first words help more than none.
            let page = String::from_utf8_lossy(&body[..body.len().min(4 * DETAIL_MAX_CHARS)]);
            let error = ErrorBody { message: page.trim(), ..ErrorBody::default() };
            let (code, class) = classify(status, &error);
            error.failure(&told, code, class, headers)
        }
    }
}

/// The failure of a 200 whose `status` is `failed`: classified like the HTTP error of its code.
pub(super) fn of_failed(error: &ErrorBody<'_>, headers: &HeaderMap) -> Failure {
    let (code, class) = match error.code {
        Some("server_error" | "vector_store_timeout") => (ErrorCode::ProviderServerError, FailureClass::Retryable),
        Some("rate_limit_exceeded") => classify(429, error),
        _ if error.is_billing() => classify(429, error),
        Some("bio_policy" | "misalignment_policy_violation") => {
            (ErrorCode::ProviderRefused, FailureClass::Final)
        }
        Some(_) => (ErrorCode::ProviderRejected, FailureClass::Final),
        None => (ErrorCode::ProviderServerError, FailureClass::Final),
    };
    error.failure("status failed", code, class, headers)
}

fn classify(status: u16, error: &ErrorBody<'_>) -> (ErrorCode, FailureClass) {
    match status {
        // A refused key or a missing permission refuses every cell alike, until a person acts.
        401 | 403 => (ErrorCode::ProviderAuth, FailureClass::Outage),
        400 | 404 if error.code == Some("model_not_found") => (ErrorCode::ProviderModelUnknown, FailureClass::Final),
        408 => (ErrorCode::ProviderTimeout, FailureClass::Retryable),
        409 => (ErrorCode::ProviderServerError, FailureClass::Retryable),
        429 if error.is_billing() => (ErrorCode::ProviderQuotaExhausted, FailureClass::Outage),
        429 if error.is_larger_than_the_limit() => (ErrorCode::ProviderRejected, FailureClass::Outage),
        429 => (ErrorCode::ProviderRateLimited, FailureClass::RateLimited),
        // 520 to 524: the proxy in front of the API could not connect to it or read from it.
        500 | 502 | 503 | 504 | 520..=524 => (ErrorCode::ProviderServerError, FailureClass::Retryable),
        501 | 505..=599 => (ErrorCode::ProviderServerError, FailureClass::Final),
        400..=499 => (ErrorCode::ProviderRejected, FailureClass::Final),
        _ => (ErrorCode::ProviderBadAnswer, FailureClass::Final),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn told(status: u16, code: &str, message: &str) -> (ErrorCode, FailureClass) {
        let body = format!(r#"{{"error":{{"message":"{message}","type":"t","param":null,"code":{code}}}}}"#);
        let failure = of_status(status, &HeaderMap::new(), body.as_bytes());
        (failure.code, failure.class)
    }

    #[test]
    fn status_and_code_decide_together() {
        use ErrorCode as C;
        use FailureClass as F;
        for (status, code, message, expected) in [
            (400, r#""model_not_found""#, "x", (C::ProviderModelUnknown, F::Final)),
            (404, r#""model_not_found""#, "x", (C::ProviderModelUnknown, F::Final)),
            (400, "null", "x", (C::ProviderRejected, F::Final)),
            (404, "null", "x", (C::ProviderRejected, F::Final)),
            (401, r#""invalid_api_key""#, "x", (C::ProviderAuth, F::Outage)),
            (403, "null", "x", (C::ProviderAuth, F::Outage)),
            (408, "null", "x", (C::ProviderTimeout, F::Retryable)),
            (409, "null", "x", (C::ProviderServerError, F::Retryable)),
            (429, r#""rate_limit_exceeded""#, "Limit 10, Used 9, Requested 2", (C::ProviderRateLimited, F::RateLimited)),
            (429, r#""slow_down""#, "x", (C::ProviderRateLimited, F::RateLimited)),
            (429, r#""rate_limit_exceeded""#, "Limit 10, Requested 1,200", (C::ProviderRejected, F::Outage)),
            (429, r#""credit_balance_exhausted""#, "x", (C::ProviderQuotaExhausted, F::Outage)),
            (500, "null", "x", (C::ProviderServerError, F::Retryable)),
            (501, "null", "x", (C::ProviderServerError, F::Final)),
            (522, "null", "x", (C::ProviderServerError, F::Retryable)),
            (302, "null", "x", (C::ProviderBadAnswer, F::Final)),
        ] {
            assert_eq!(told(status, code, message), expected, "{status} {code} {message}");
        }
        for billing in BILLING {
            assert_eq!(told(429, &format!("{billing:?}"), "").1, F::Outage, "{billing}");
        }
    }

    #[test]
    fn failed_in_a_200_is_classified_by_its_code() {
        let read = |code: &str| {
            let error = ErrorBody { code: Some(code), kind: None, message: "m" };
            let failure = of_failed(&error, &HeaderMap::new());
            (failure.code, failure.class)
        };
        assert_eq!(read("server_error"), (ErrorCode::ProviderServerError, FailureClass::Retryable));
        assert_eq!(read("rate_limit_exceeded"), (ErrorCode::ProviderRateLimited, FailureClass::RateLimited));
        assert_eq!(read("insufficient_quota"), (ErrorCode::ProviderQuotaExhausted, FailureClass::Outage));
        assert_eq!(read("bio_policy"), (ErrorCode::ProviderRefused, FailureClass::Final));
        assert_eq!(read("invalid_prompt"), (ErrorCode::ProviderRejected, FailureClass::Final));
    }

    #[test]
    fn a_page_that_is_no_json_still_says_something() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", HeaderValue::from_static("7"));
        let failure = of_status(503, &headers, b"<html>\xff upstream\nfailed</html>");
        assert_eq!(failure.retry_after_ms, Some(7_000));
        assert!(failure.detail.starts_with("HTTP 503, no code: <html>"), "{}", failure.detail);
        assert!(!failure.detail.contains('\n'));
    }
}
