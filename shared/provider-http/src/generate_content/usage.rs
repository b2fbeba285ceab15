//! What an answer cost, and the tier that served it (providers-wire.md §2.3).

use stet_domain::Json;
use stet_domain::usage::TokenUsage;

use crate::fields::{integer, text};

/// The counts in the port's sense: what the tool brought is read, too, and thoughts are written, so that input and output add up to the vendor's total.
pub(super) fn read(counts: &Json) -> TokenUsage {
    let count = |key: &str| integer(counts, key);
    let (thoughts, tool_use) = (count("thoughtsTokenCount"), count("toolUsePromptTokenCount"));
    TokenUsage {
        input: sum(count("promptTokenCount"), tool_use),
        output: sum(count("candidatesTokenCount"), thoughts),
        cached: count("cachedContentTokenCount"),
        reasoning: thoughts,
        tool_use,
    }
}

/// The tier (Developer API) or traffic type (Vertex).
pub(super) fn service_tier(counts: &Json) -> Option<&str> {
    text(counts, "serviceTier").or_else(|| text(counts, "trafficType"))
}

/// Counts that are zero are left out of answers; nothing is known where both are.
fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(0).saturating_add(other.unwrap_or(0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_and_output_add_up_to_the_total() {
        let counts = Json::parse(
            br#"{"promptTokenCount":19,"candidatesTokenCount":31,"totalTokenCount":250,"toolUsePromptTokenCount":112,
                "thoughtsTokenCount":88,"cachedContentTokenCount":4,"trafficType":"ON_DEMAND"}"#,
        )
        .unwrap();
        let usage = read(&counts);
        assert_eq!((usage.input, usage.output), (Some(131), Some(119)));
        assert_eq!((usage.cached, usage.reasoning, usage.tool_use), (Some(4), Some(88), Some(112)));
        assert_eq!(service_tier(&counts), Some("ON_DEMAND"));
    }

    #[test]
    fn what_is_not_told_is_not_known() {
        let usage = read(&Json::parse(br#"{"promptTokenCount":8,"totalTokenCount":8}"#).unwrap());
        assert_eq!(usage, TokenUsage { input: Some(8), ..TokenUsage::default() });
    }
}
