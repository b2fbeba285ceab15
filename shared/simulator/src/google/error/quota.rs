//! 429s: rates and quotas (providers-wire.md §2.4 and §5).

use super::detail::{Detail, Link, QuotaViolation, duration, retry_info};
use super::{ApiError, Surface, Target};
use crate::scenario::RateKind;

/// A quota, by its metric, its id and its limit.
struct Quota {
    metric: &'static str,
    id: &'static str,
    limit: &'static str,
}

const REQUESTS: Quota = Quota {
    metric: "generate_content_paid_tier_requests",
    id: "GenerateRequestsPerMinutePerProjectPerModel",
    limit: "1000",
};

const TOKENS: Quota = Quota {
    metric: "generate_content_paid_tier_input_token_count",
    id: "GenerateContentPaidTierInputTokensPerModelPerMinute",
    limit: "1000000",
};

const DAY: Quota = Quota {
    metric: "generate_content_paid_tier_requests",
    id: "GenerateRequestsPerDayPerProjectPerModel",
    limit: "10000",
};

/// The wait that the message of a token limit hints at, in milliseconds.
const TOKEN_HINT_MS: u64 = 186;

impl ApiError {
    /// A rate limit; the wait stands in the body, for the vendor sends no header.
    pub(in crate::google) fn rate(target: &Target, limit: RateKind, delay_ms: Option<u64>) -> Self {
        match (limit, target.surface) {
            (RateKind::TooLarge, _) => Self::invalid(
                "The input token count (1250000) exceeds the maximum number of tokens allowed (1048576).",
            ),
            (RateKind::PerDay, _) => Self::quota(target),
            (RateKind::SlowDown, _) => Self::status(target.surface, 429, None).with(delay_ms.map(retry_info)),
            (RateKind::Requests | RateKind::Tokens, Surface::Vertex) => Self::new(
                429,
                "Resource exhausted. Please try again later. Please refer to \
                 https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.",
            )
            .with(delay_ms.map(retry_info)),
            (RateKind::Requests, Surface::Developer) => exceeded(target, &REQUESTS, delay_ms, delay_ms),
            (RateKind::Tokens, Surface::Developer) => {
                exceeded(target, &TOKENS, delay_ms, delay_ms.or(Some(TOKEN_HINT_MS)))
            }
        }
    }

    /// The quota of a day: no short wait helps.
    pub(in crate::google) fn quota(target: &Target) -> Self {
        exceeded(target, &DAY, None, None)
    }
}

fn exceeded(target: &Target, quota: &Quota, delay_ms: Option<u64>, hint_ms: Option<u64>) -> ApiError {
    let Quota { metric, id, limit } = quota;
    let metric = format!("{}/{metric}", target.surface.service());
    let hint = hint_ms.map_or_else(String::new, |ms| format!("\nPlease retry in {}.", duration(ms)));
    let message = format!(
        "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: \
         {metric}, limit: {limit}, model: {}{hint}",
        target.model
    );
    let help = Detail::Help {
        links: [Link {
            description: "Learn more about Gemini API quotas",
            url: "https://ai.google.dev/gemini-api/docs/rate-limits",
        }],
    };
    let dimensions = [("location", "global".to_owned()), ("model", target.model.clone())];
    let violation = QuotaViolation { metric, id, dimensions: dimensions.into(), value: limit };
    let failure = Detail::QuotaFailure { violations: [violation] };
    ApiError::new(429, message).with([help, failure].into_iter().chain(delay_ms.map(retry_info)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn body(error: &ApiError) -> Value {
        serde_json::from_str(&error.body()).unwrap()
    }

    #[test]
    fn a_minutes_quota_says_when_and_a_days_does_not() {
        let target = Target::developer("gemini-2.5-flash");
        let minute = body(&ApiError::rate(&target, RateKind::Requests, Some(12_400)));
        let details = minute["error"]["details"].as_array().unwrap();
        assert_eq!(details[1]["violations"][0]["quotaId"], "GenerateRequestsPerMinutePerProjectPerModel");
        assert_eq!(details[1]["violations"][0]["quotaDimensions"]["model"], "gemini-2.5-flash");
        assert_eq!(details[2]["retryDelay"], "12.400s");
        assert!(minute["error"]["message"].as_str().unwrap().ends_with("Please retry in 12.400s."));

        let day = body(&ApiError::rate(&target, RateKind::PerDay, Some(12_400)));
        let details = day["error"]["details"].as_array().unwrap();
        assert_eq!(details.len(), 2);
        assert!(details[1]["violations"][0]["quotaId"].as_str().unwrap().contains("PerDay"));
    }

    #[test]
    fn vertex_tells_nothing_unless_the_scenario_does() {
        let target = Target::vertex("p", "global", "gemini-2.5-flash");
        let plain = body(&ApiError::rate(&target, RateKind::Requests, None));
        assert!(plain["error"].get("details").is_none());
        let told = body(&ApiError::rate(&target, RateKind::Tokens, Some(2_000)));
        assert_eq!(told["error"]["details"][0]["retryDelay"], "2s");
        assert_eq!(body(&ApiError::rate(&target, RateKind::TooLarge, None))["error"]["code"], 400);
    }
}
