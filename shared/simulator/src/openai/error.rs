//! Errors in the vendor's envelope (providers-wire.md §1.8).

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};

use crate::fields::write_text;
use crate::scenario::RateKind;

/// An error as the vendor would answer it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    kind: &'static str,
    code: Option<Box<str>>,
    param: Option<Box<str>>,
    message: String,
    retry_after_s: Option<u64>,
    retry_after_ms: Option<u64>,
}

impl ApiError {
    fn new(status: u16, kind: &'static str, code: Option<&str>, message: String) -> Self {
        let code = code.map(Into::into);
        Self { status, kind, code, param: None, message, retry_after_s: None, retry_after_ms: None }
    }

    /// A request that cannot be served: 400.
    pub(super) fn invalid(code: Option<&str>, param: &str, message: impl Into<String>) -> Self {
        let param = Some(param.into());
        Self { param, ..Self::new(400, "invalid_request_error", code, message.into()) }
    }

    /// A body that is no JSON.
    pub(super) fn unparsable() -> Self {
        let message = "We could not parse the JSON body of your request. (HINT: This likely means you aren't using \
                       your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not \
                       valid JSON.)";
        Self::new(400, "invalid_request_error", None, message.to_owned())
    }

    /// A model that is not in the catalogue: 400 here, 404 on `/v1/models/{id}`.
    pub(super) fn model(status: u16, model: &str) -> Self {
        let message = match status {
            404 => format!("The model '{model}' does not exist"),
            _ => format!("The requested model '{model}' does not exist."),
        };
        let param = Some("model".into());
        Self { param, ..Self::new(status, "invalid_request_error", Some("model_not_found"), message) }
    }

    /// A missing key, or one that is not accepted.
    pub(super) fn key(given: Option<&str>) -> Self {
        let (code, message) = match given {
            None => (
                None,
                "You didn't provide an API key. You need to provide your API key in an Authorization header using \
                 Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
                    .to_owned(),
            ),
            Some(key) => {
                let masked = format!("{}****{}", prefix(key, 6), suffix(key, 4));
                let advice = "You can find your API key at https://platform.openai.com/account/api-keys.";
                (Some("invalid_api_key"), format!("Incorrect API key provided: {masked}. {advice}"))
            }
        };
        Self::new(401, "invalid_request_error", code, message)
    }

    /// An address that the vendor does not have.
    pub(super) fn address(method: &str, path: &str) -> Self {
        let message = format!(
            "Unknown request URL: {method} {path}. Please check the URL for typos, or see the docs at \
             https://platform.openai.com/docs/api-reference/."
        );
        Self::new(404, "invalid_request_error", Some("unknown_url"), message)
    }

    /// A rate limit, with the waits of its headers.
    pub(super) fn rate(limit: RateKind, model: &str, (seconds, ms): (Option<u64>, Option<u64>)) -> Self {
        let told = format!("Rate limit reached for {model} in organization org-SIMULATED on");
        let visit = "Visit https://platform.openai.com/account/rate-limits to learn more.";
        let (kind, code, message) = match limit {
            RateKind::Requests => {
                let hint =
                    seconds.map_or_else(String::new, |seconds| format!(" Please try again in {seconds}s."));
                let message =
                    format!("{told} requests per min (RPM): Limit 500, Used 500, Requested 1.{hint} {visit}");
                ("requests", "rate_limit_exceeded", message)
            }
            RateKind::Tokens => {
                let limit = "Limit 200000, Used 199410, Requested 1210";
                let message =
                    format!("{told} tokens per min (TPM): {limit}. Please try again in 186ms. {visit}");
                ("tokens", "rate_limit_exceeded", message)
            }
            RateKind::PerDay => {
                let message = format!(
                    "{told} requests per day (RPD): Limit 10000, Used 10000, Requested 1. Please try again in 8m38s. {visit}"
                );
                ("requests", "rate_limit_exceeded", message)
            }
            RateKind::SlowDown => {
                let message =
                    "Your request rate rises too fast. Please slow down and ramp up gradually.".to_owned();
                ("rate_limit_error", "slow_down", message)
            }
            RateKind::TooLarge => {
                let message = format!(
                    "Request too large for {model} in organization org-SIMULATED on tokens per min (TPM): \
                     Limit 30000, Requested 46200. The input or output tokens must be reduced in order to run \
                     successfully. {visit}"
                );
                ("tokens", "rate_limit_exceeded", message)
            }
        };
        Self { retry_after_s: seconds, retry_after_ms: ms, ..Self::new(429, kind, Some(code), message) }
    }

    /// An account that cannot pay.
    pub(super) fn quota(code: &str) -> Self {
        let message = "You exceeded your current quota, please check your plan and billing details.";
        Self::new(429, "insufficient_quota", Some(code), message.to_owned())
    }

    /// Another error status with the body that goes with it.
    pub(super) fn status(status: u16, retry_after_s: Option<u64>) -> Self {
        let (kind, code, message) = match status {
            401 => return Self::key(Some("sk-scenario-refuses-it")),
            403 => (
                "invalid_request_error",
                Some("unsupported_country_region_territory"),
                "Country, region, or territory not supported",
            ),
            500 => (
                "server_error",
                Some("server_error"),
                "The server had an error while processing your request. Sorry about that!",
            ),
            503 => (
                "service_unavailable_error",
                Some("server_is_overloaded"),
                "The server is currently overloaded. Please try again later.",
            ),
            501.. => ("server_error", None, "The server could not complete the request."),
            _ => ("invalid_request_error", None, "The request could not be served."),
        };
        Self { retry_after_s, ..Self::new(status, kind, code, message.to_owned()) }
    }

    /// The reply, body and headers.
    pub(super) fn reply(&self) -> Response<Body> {
        let mut reply = Response::new(Body::from(self.body()));
        *reply.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = reply.headers_mut();
        if let Some(seconds) = self.retry_after_s {
            headers.insert("retry-after", HeaderValue::from(seconds));
        }
        if let Some(ms) = self.retry_after_ms {
            headers.insert("retry-after-ms", HeaderValue::from(ms));
        }
        if self.status == 401 {
            headers.insert("www-authenticate", HeaderValue::from_static("Bearer realm=\"OpenAI API\""));
        }
        reply
    }

    fn body(&self) -> String {
        let mut body = String::with_capacity(256);
        body.push_str("{\n  \"error\": {\n    \"message\": ");
        write_text(&self.message, &mut body);
        write!(body, ",\n    \"type\": \"{}\",\n    \"param\": ", self.kind)
            .expect("writing to a string never fails");
        write_or_null(self.param.as_deref(), &mut body);
        body.push_str(",\n    \"code\": ");
        write_or_null(self.code.as_deref(), &mut body);
        body.push_str("\n  }\n}");
        body
    }
}

fn write_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_text(text, out),
        None => out.push_str("null"),
    }
}

fn prefix(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn suffix(text: &str, count: usize) -> String {
    let skipped = text.chars().count().saturating_sub(count);
    text.chars().skip(skipped.max(count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stet_domain::Json;

    #[test]
    fn every_body_is_the_vendors_envelope() {
        for error in [
            ApiError::invalid(Some("unknown_parameter"), "seed", "Unknown parameter: 'seed'."),
            ApiError::unparsable(),
            ApiError::model(400, "gpt-\"9"),
            ApiError::key(None),
            ApiError::key(Some("sk-1234567890")),
            ApiError::quota("credit_balance_exhausted"),
            ApiError::rate(RateKind::Tokens, "m", (None, None)),
            ApiError::status(503, Some(3)),
        ] {
            let body = Json::parse(error.body().as_bytes()).unwrap();
            let members: Vec<&str> = body.get("error").unwrap().as_object().unwrap().keys().collect();
            assert_eq!(members, ["code", "message", "param", "type"]);
        }
        assert!(!ApiError::key(Some("sk-1234567890")).message.contains("1234567890"));
    }
}
