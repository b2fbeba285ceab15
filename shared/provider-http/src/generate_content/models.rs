//! What is known of model families and decides how a request is built: data, not code (providers-wire.md §2.2).

use stet_domain::Json;
use stet_domain::template::ReasoningEffort;

use super::encode::object;

/// Families that take their thinking as a number of tokens; later ones take a level.
const BUDGETED: &str = "gemini-2.5";

/// The `thinkingConfig` for an effort.
///
/// No thinking at all is a budget of zero for every family: there is no level for it. The budgets are those that Google's own
/// OpenAI-compatible interface stands in for the efforts. An effort that a family has no word for is sent as a level and
/// refused by the API, not dropped unsaid.
pub(super) fn thinking(model: &str, effort: ReasoningEffort) -> Json {
    let budget = match effort {
        ReasoningEffort::None => Some(0_u32),
        ReasoningEffort::Minimal | ReasoningEffort::Low => Some(1_024),
        ReasoningEffort::Medium => Some(8_192),
        ReasoningEffort::High => Some(24_576),
        ReasoningEffort::Xhigh | ReasoningEffort::Max => None,
    };
    match budget.filter(|budget| *budget == 0 || is_budgeted(model)) {
        Some(budget) => object([("thinkingBudget", Json::from(budget))]),
        None => object([("thinkingLevel", Json::from(effort.as_str().to_uppercase()))]),
    }
}

/// Whether `model` is of the family: its name, or a size or release of it.
fn is_budgeted(model: &str) -> bool {
    model.strip_prefix(BUDGETED).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ReasoningEffort as Effort;

    fn sent(model: &str, effort: Effort) -> String {
        String::from_utf8(thinking(model, effort).to_canonical_bytes()).unwrap()
    }

    #[test]
    fn budgets_are_for_2_5_and_levels_for_what_came_later() {
        for (model, effort, expected) in [
            ("gemini-2.5-flash", Effort::None, r#"{"thinkingBudget":0}"#),
            ("gemini-2.5-flash", Effort::Low, r#"{"thinkingBudget":1024}"#),
            ("gemini-2.5-pro", Effort::High, r#"{"thinkingBudget":24576}"#),
            ("gemini-2.5-pro", Effort::Max, r#"{"thinkingLevel":"MAX"}"#),
            ("gemini-3.6-flash", Effort::Minimal, r#"{"thinkingLevel":"MINIMAL"}"#),
            ("gemini-3.6-flash", Effort::Xhigh, r#"{"thinkingLevel":"XHIGH"}"#),
            ("gemini-3.6-flash", Effort::None, r#"{"thinkingBudget":0}"#),
            ("gemini-2.55", Effort::Medium, r#"{"thinkingLevel":"MEDIUM"}"#),
        ] {
            assert_eq!(sent(model, effort), expected, "{model} {effort}");
        }
    }
}
