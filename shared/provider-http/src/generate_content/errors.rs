//! What Google's errors say of themselves (providers-wire.md §2.4).

use reqwest::header::HeaderMap;
use stet_domain::retry::{MAX_RETRY_AFTER_MS, Reported};
use stet_domain::{Json, Provider};
use stet_provider::Failure;

use crate::failure::{classified, page};
use crate::fields::{integer, list, text};
use crate::retry_delay::{duration_ms, retry_after_ms};

/// How the domain's table knows a quota that no short wait brings back.
const PER_DAY: &str = "quota_per_day";

/// The failure that a reply of another status than 2xx stands for.
pub(super) fn of_status(provider: Provider, status: u16, headers: &HeaderMap, body: &[u8]) -> Failure {
    match Json::parse(body) {
        Ok(document) => {
            // Some surfaces wrap the error in a list of one.
            let document = document.as_array().and_then(<[Json]>::first).unwrap_or(&document);
            failure(provider, status, document.get("error").unwrap_or(&Json::Null), headers)
        }
        Err(_no_json) => {
            let words = page(body);
            let reported = Reported { provider, status, codes: &[], message: &words };
            classified(&reported, &words, retry_after_ms(headers, &words))
        }
    }
}

/// The failure of a 200 that holds an error: classified like the HTTP error of its code.
pub(super) fn of_error(provider: Provider, error: &Json, headers: &HeaderMap) -> Failure {
    let code = integer(error, "code").and_then(|code| u16::try_from(code).ok());
    failure(provider, code.filter(|code| *code >= 400).unwrap_or(500), error, headers)
}

fn failure(provider: Provider, status: u16, error: &Json, headers: &HeaderMap) -> Failure {
    let details = list(error, "details");
    let mut codes: Vec<&str> = details.iter().filter_map(|detail| text(detail, "reason")).collect();
    codes.extend(text(error, "status"));
    if details.iter().flat_map(|detail| list(detail, "violations")).any(is_per_day) {
        codes.push(PER_DAY);
    }
    let message = text(error, "message").unwrap_or_default();
    let asked = details.iter().filter_map(|detail| duration_ms(text(detail, "retryDelay")?)).max();
    let wait_ms = asked.max(retry_after_ms(headers, message)).map(|wait_ms| wait_ms.min(MAX_RETRY_AFTER_MS));
    classified(&Reported { provider, status, codes: &codes, message }, message, wait_ms)
}

/// Whether a violated quota comes back with the day, or was never there.
fn is_per_day(violation: &Json) -> bool {
    text(violation, "quotaId").is_some_and(|id| id.contains("PerDay"))
        || text(violation, "quotaValue") == Some("0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use stet_domain::code::ErrorCode as C;
    use stet_provider::FailureClass as F;

    fn told(status: u16, error: &str) -> (C, F, Option<u64>) {
        let body = format!(r#"{{"error":{error}}}"#);
        let failure = of_status(Provider::Gemini, status, &HeaderMap::new(), body.as_bytes());
        (failure.code, failure.class, failure.retry_after_ms)
    }

    #[test]
    fn status_reason_and_quota_reach_the_table() {
        let quota = |id: &str, value: &str| {
            format!(
                r#"{{"status":"RESOURCE_EXHAUSTED","details":[{{"violations":[{{"quotaId":"RequestsPerModelPerMinute"}},
                    {{"quotaId":"{id}","quotaValue":"{value}"}}]}},{{"retryDelay":"34.4s"}}]}}"#
            )
        };
        for (status, error, expected) in [
            (400, r#"{"status":"INVALID_ARGUMENT"}"#.to_owned(), (C::ProviderRejected, F::Final, None)),
            (
                400,
                r#"{"details":[{"reason":"API_KEY_INVALID"}]}"#.to_owned(),
                (C::ProviderAuth, F::Final, None),
            ),
            (403, r#"{"status":"PERMISSION_DENIED"}"#.to_owned(), (C::ProviderAuth, F::Final, None)),
            (404, r#"{"status":"NOT_FOUND"}"#.to_owned(), (C::ProviderModelUnknown, F::Final, None)),
            (429, quota("PerMinute", "15"), (C::ProviderRateLimited, F::RateLimited, Some(34_400))),
            (429, quota("RequestsPerDayPerModel", "15"), (C::ProviderQuotaExhausted, F::Outage, None)),
            (429, quota("PerMinute", "0"), (C::ProviderQuotaExhausted, F::Outage, None)),
            (
                429,
                r#"{"message":"Please retry in 2.5s."}"#.to_owned(),
                (C::ProviderRateLimited, F::RateLimited, Some(2_500)),
            ),
            (503, r#"{"status":"UNAVAILABLE"}"#.to_owned(), (C::ProviderServerError, F::Retryable, None)),
            (504, r#"{"status":"DEADLINE_EXCEEDED"}"#.to_owned(), (C::ProviderTimeout, F::Retryable, None)),
            (500, "7".to_owned(), (C::ProviderServerError, F::Retryable, None)),
        ] {
            assert_eq!(told(status, &error), expected, "{status} {error}");
        }
    }

    #[test]
    fn the_greatest_wait_counts_and_is_capped() {
        let wait = |delay: &str, words: &str| {
            told(429, &format!(r#"{{"message":"{words}","details":[{{"retryDelay":"{delay}"}}]}}"#)).2
        };
        assert_eq!(wait("12s", "Please retry in 12.4s."), Some(12_400));
        assert_eq!(wait("99999s", ""), Some(MAX_RETRY_AFTER_MS));
        assert_eq!(wait("-3s", ""), None);
        assert_eq!(wait("soon", ""), None);
    }

    #[test]
    fn a_list_of_one_and_a_page_are_read() {
        let read = |status, body: &[u8]| of_status(Provider::Vertex, status, &HeaderMap::new(), body);
        let failure = read(404, br#"[{"error":{"status":"NOT_FOUND","message":"No."}}]"#);
        assert_eq!(failure.detail, "HTTP 404, NOT_FOUND: No.");
        let failure = read(502, b"<html>\xff\nno</html>");
        assert!(failure.detail.starts_with("HTTP 502, no code: <html>"), "{}", failure.detail);
        assert_eq!(failure.class, F::Retryable);
    }
}
