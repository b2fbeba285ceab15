//! The tokens of an answer.

use serde::Serialize;

use crate::google::answer::Tokens;
use crate::google::surface::Surface;

/// What was spent; the total is the sum of prompt, answer, thoughts and what tools brought.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Usage {
    prompt_token_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates_token_count: Option<u64>,
    total_token_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_content_token_count: Option<u64>,
    prompt_tokens_details: [Modality; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_tokens_details: Option<[Modality; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates_tokens_details: Option<[Modality; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_use_prompt_token_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_use_prompt_tokens_details: Option<[Modality; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thoughts_token_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic_type: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Modality {
    modality: &'static str,
    token_count: u64,
}

/// Tokens of text, where there are any.
fn text(count: u64) -> Option<[Modality; 1]> {
    told(count).map(|token_count| [Modality { modality: "TEXT", token_count }])
}

/// A count that is told only where it is not 0.
fn told(count: u64) -> Option<u64> {
    Some(count).filter(|count| *count > 0)
}

impl Usage {
    pub(super) fn of(surface: Surface, tokens: &Tokens, tier: Option<&str>) -> Self {
        let Tokens { prompt, cached, tool_use, thoughts, answer } = *tokens;
        let vertex = surface == Surface::Vertex;
        let tier_or = |default: &str| Some(tier.unwrap_or(default).to_owned());
        Self {
            prompt_token_count: prompt,
            candidates_token_count: told(answer),
            total_token_count: prompt + answer + thoughts + tool_use,
            cached_content_token_count: told(cached),
            prompt_tokens_details: [Modality { modality: "TEXT", token_count: prompt }],
            cache_tokens_details: text(cached),
            candidates_tokens_details: text(answer).filter(|_| vertex),
            tool_use_prompt_token_count: told(tool_use),
            tool_use_prompt_tokens_details: text(tool_use),
            thoughts_token_count: told(thoughts),
            service_tier: if vertex { None } else { tier_or("standard") },
            traffic_type: if vertex { tier_or("ON_DEMAND") } else { None },
        }
    }
}
