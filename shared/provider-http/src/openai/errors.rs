//! What OpenAI's errors say of themselves (providers-wire.md §1.8).

use reqwest::header::HeaderMap;
use stet_domain::retry::Reported;
use stet_domain::{Json, Provider};
use stet_provider::Failure;

use crate::failure::{classified, page};
use crate::fields::text;
use crate::retry_delay::retry_after_ms;

/// How the API begins to speak of a request that is larger than the whole limit; the table knows it by these words.
const TOO_LARGE: &str = "Request too large";

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
        let message = text(error, "message").unwrap_or_default();
        Self { code: text(error, "code"), kind: text(error, "type"), message }
    }

    /// Whether the message tells numbers by which the request never fits, however long it waits.
    fn never_fits(&self) -> bool {
        let number_after = |word: &str| {
            let (_, rest) = self.message.split_once(word)?;
            let digits: String =
                rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == ',').collect();
            digits.replace(',', "").parse::<u64>().ok()
        };
        matches!((number_after("Limit"), number_after("Requested")), (Some(limit), Some(asked)) if asked > limit)
    }

    fn failure(&self, status: u16, headers: &HeaderMap) -> Failure {
        let codes: Vec<&str> = [self.code, self.kind].into_iter().flatten().collect();
        let message = if self.never_fits() { TOO_LARGE } else { self.message };
        let reported = Reported { provider: Provider::OpenAi, status, codes: &codes, message };
        classified(&reported, self.message, retry_after_ms(headers, self.message))
    }
}

/// The failure that a reply of another status than 2xx stands for.
pub(super) fn of_status(status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    match Json::parse(body) {
        Ok(document) => {
            document.get("error").map_or_else(ErrorBody::default, ErrorBody::of).failure(status, headers)
        }
        Err(_no_json) => ErrorBody { message: &page(body), ..ErrorBody::default() }.failure(status, headers),
    }
}

/// The failure of a 200 whose `status` is `failed`: classified like the HTTP error of its code.
pub(super) fn of_failed(error: &ErrorBody<'_>, headers: &HeaderMap) -> Failure {
    error.failure(200, headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use stet_domain::code::ErrorCode;
    use stet_provider::FailureClass;

    fn told(status: u16, code: &str, kind: &str, message: &str) -> (ErrorCode, FailureClass) {
        let body =
            format!(r#"{{"error":{{"message":"{message}","type":"{kind}","param":null,"code":{code}}}}}"#);
        let failure = of_status(status, &HeaderMap::new(), body.as_bytes());
        (failure.code, failure.class)
    }

    #[test]
    fn code_and_type_reach_the_table() {
        use ErrorCode as C;
        use FailureClass as F;
        let rate = r#""rate_limit_exceeded""#;
        for (status, code, kind, message, expected) in [
            (400, r#""model_not_found""#, "t", "x", (C::ProviderModelUnknown, F::Final)),
            (400, "null", "t", "x", (C::ProviderRejected, F::Final)),
            (401, r#""invalid_api_key""#, "t", "x", (C::ProviderAuth, F::Final)),
            (429, rate, "tokens", "Limit 10, Used 9, Requested 2", (C::ProviderRateLimited, F::RateLimited)),
            (429, rate, "tokens", "Limit 10, Requested 1,200", (C::ProviderQuotaExhausted, F::Outage)),
            (429, rate, "tokens", "Request too large for x", (C::ProviderQuotaExhausted, F::Outage)),
            (429, "null", "insufficient_quota", "x", (C::ProviderQuotaExhausted, F::Outage)),
            (500, "null", "t", "x", (C::ProviderServerError, F::Retryable)),
            (302, "null", "t", "x", (C::ProviderRejected, F::Final)),
        ] {
            assert_eq!(told(status, code, kind, message), expected, "{status} {code} {kind} {message}");
        }
    }

    #[test]
    fn a_wait_is_told_only_where_another_try_may_succeed() {
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, HeaderValue::from_static("7"))]);
        let wait = |status, body: &str| of_status(status, &headers, body.as_bytes()).retry_after_ms;
        assert_eq!(wait(429, "{}"), Some(7_000));
        assert_eq!(wait(429, r#"{"error":{"code":"insufficient_quota"}}"#), None);
        assert_eq!(wait(400, "{}"), None);
    }

    #[test]
    fn a_page_that_is_no_json_still_says_something() {
        let failure = of_status(503, &HeaderMap::new(), b"<html>\xff upstream\nfailed</html>");
        assert!(failure.detail.starts_with("HTTP 503, no code: <html>"), "{}", failure.detail);
        assert!(!failure.detail.contains('\n'));
        assert_eq!(failure.class, FailureClass::Retryable);
    }
}
