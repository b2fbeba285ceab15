//! The one table that says what an error of a provider means (reliability.md rule 8; providers.md, Decoding 5).

use crate::Provider;
use crate::code::ErrorCode;
use crate::retry::RetryClass;

/// What an error answer says of itself; codes are the vendor's `code`, `type`, `status` and `reason` words, most exact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported<'a> {
    /// The provider.
    pub provider: Provider,
    /// The HTTP status; 200 for an answer that says `failed` of itself.
    pub status: u16,
    /// The vendor's words, most exact first.
    pub codes: &'a [&'a str],
    /// The vendor's message.
    pub message: &'a str,
}

/// One row of the table; what is `None` matches anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureRule {
    /// The provider.
    pub provider: Option<Provider>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// One of the vendor's words.
    pub word: Option<&'static str>,
    /// What the message contains.
    pub message: Option<&'static str>,
    /// What it means for the run.
    pub class: RetryClass,
    /// What the row records.
    pub code: ErrorCode,
}

macro_rules! rules {
    ($($provider:tt $status:tt $word:tt $message:tt => $class:ident $code:ident,)+) => {
        &[$(FailureRule {
            provider: rules!(@provider $provider),
            status: rules!(@some $status),
            word: rules!(@some $word),
            message: rules!(@some $message),
            class: RetryClass::$class,
            code: ErrorCode::$code,
        },)+]
    };
    (@provider _) => { None };
    (@provider $provider:ident) => { Some(Provider::$provider) };
    (@some _) => { None };
    (@some $value:literal) => { Some($value) };
}

/// The table; the first row that matches decides, and the last matches everything.
///
/// Billing and per-day quotas come before the plain 429: they are answered with the same status and no wait helps.
pub const FAILURE_RULES: &[FailureRule] = rules! {
    OpenAi 429 "insufficient_quota" _ => Outage ProviderQuotaExhausted,
    OpenAi 429 "credit_balance_exhausted" _ => Outage ProviderQuotaExhausted,
    OpenAi 429 "organization_spend_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 429 "project_spend_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 429 "organization_usage_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 429 _ "Request too large" => Outage ProviderQuotaExhausted,
    Gemini 429 "quota_per_day" _ => Outage ProviderQuotaExhausted,
    Vertex 429 "quota_per_day" _ => Outage ProviderQuotaExhausted,
    _ 429 _ _ => RateLimited ProviderRateLimited,
    _ 408 _ _ => Retryable ProviderTimeout,
    _ 500 _ _ => Retryable ProviderServerError,
    _ 502 _ _ => Retryable ProviderServerError,
    _ 503 _ _ => Retryable ProviderServerError,
    _ 504 _ _ => Retryable ProviderTimeout,
    OpenAi 200 "insufficient_quota" _ => Outage ProviderQuotaExhausted,
    OpenAi 200 "credit_balance_exhausted" _ => Outage ProviderQuotaExhausted,
    OpenAi 200 "organization_spend_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 200 "project_spend_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 200 "organization_usage_limit_exceeded" _ => Outage ProviderQuotaExhausted,
    OpenAi 200 "rate_limit_exceeded" "Request too large" => Outage ProviderQuotaExhausted,
    OpenAi 200 "rate_limit_exceeded" _ => RateLimited ProviderRateLimited,
    OpenAi 200 "server_error" _ => Retryable ProviderServerError,
    OpenAi 200 "server_is_overloaded" _ => Retryable ProviderServerError,
    OpenAi 200 "bio_policy" _ => Final ProviderRefused,
    OpenAi 200 "misalignment_policy_violation" _ => Final ProviderRefused,
    OpenAi 200 "invalid_prompt" _ => Final ProviderRejected,
    _ 400 "model_not_found" _ => Final ProviderModelUnknown,
    _ 400 "API_KEY_INVALID" _ => Final ProviderAuth,
    _ 401 _ _ => Final ProviderAuth,
    _ 403 _ _ => Final ProviderAuth,
    OpenAi 404 "model_not_found" _ => Final ProviderModelUnknown,
    Gemini 404 _ _ => Final ProviderModelUnknown,
    Vertex 404 _ _ => Final ProviderModelUnknown,
    _ _ _ _ => Final ProviderRejected,
};

/// The class and code of an error answer. Other statuses of 5xx are final: only the listed ones are known to pass.
#[must_use]
pub fn classify(reported: &Reported<'_>) -> (RetryClass, ErrorCode) {
    FAILURE_RULES
        .iter()
        .find(|rule| rule.matches(reported))
        .map_or((RetryClass::Final, ErrorCode::ProviderRejected), |rule| (rule.class, rule.code))
}

impl FailureRule {
    fn matches(&self, reported: &Reported<'_>) -> bool {
        self.provider.is_none_or(|provider| provider == reported.provider)
            && self.status.is_none_or(|status| status == reported.status)
            && self.word.is_none_or(|word| reported.codes.contains(&word))
            && self.message.is_none_or(|part| reported.message.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(provider: Provider, status: u16, codes: &[&str], message: &str) -> (RetryClass, ErrorCode) {
        classify(&Reported { provider, status, codes, message })
    }

    #[test]
    fn the_retryable_statuses_are_those_of_the_specification() {
        let retried = [408, 429, 500, 502, 503, 504];
        for provider in [Provider::OpenAi, Provider::Gemini, Provider::Vertex] {
            for status in 400..=599 {
                let (class, _) = class(provider, status, &[], "");
                let again = matches!(class, RetryClass::Retryable | RetryClass::RateLimited);
                assert_eq!(again, retried.contains(&status), "{status}");
            }
        }
    }

    #[test]
    fn billing_is_no_rate_limit() {
        let openai = |codes: &[&str], message| class(Provider::OpenAi, 429, codes, message).0;
        assert_eq!(openai(&["rate_limit_exceeded", "tokens"], "Rate limit reached"), RetryClass::RateLimited);
        assert_eq!(openai(&["credit_balance_exhausted", "insufficient_quota"], ""), RetryClass::Outage);
        assert_eq!(openai(&["rate_limit_exceeded"], "Request too large for gpt-5"), RetryClass::Outage);
        assert_eq!(class(Provider::Gemini, 429, &["quota_per_day"], "").0, RetryClass::Outage);
        assert_eq!(class(Provider::Vertex, 429, &["RESOURCE_EXHAUSTED"], "").0, RetryClass::RateLimited);
    }

    #[test]
    fn an_error_inside_a_200_is_classified_like_its_status() {
        let failed = |code| class(Provider::OpenAi, 200, &[code], "").0;
        assert_eq!(failed("server_error"), RetryClass::Retryable);
        assert_eq!(failed("rate_limit_exceeded"), RetryClass::RateLimited);
        assert_eq!(failed("insufficient_quota"), RetryClass::Outage);
        assert_eq!(failed("invalid_prompt"), RetryClass::Final);
    }

    #[test]
    fn keys_and_models_have_their_own_codes() {
        assert_eq!(class(Provider::Gemini, 400, &["API_KEY_INVALID"], "").1, ErrorCode::ProviderAuth);
        assert_eq!(class(Provider::OpenAi, 400, &["model_not_found"], "").1, ErrorCode::ProviderModelUnknown);
        assert_eq!(class(Provider::OpenAi, 400, &["unknown_parameter"], "").1, ErrorCode::ProviderRejected);
    }
}
