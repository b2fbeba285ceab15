//! What is known of model families and decides how a request is built: data, not code (providers-wire.md §1.4).

/// Families that answer 400 to any `tool_choice` but `auto` while a web search is offered: the original GPT-5.
const AUTO_ONLY: [&str; 1] = ["gpt-5"];

/// Whether `model` belongs to a family that takes no `tool_choice` but `auto`.
pub(super) fn takes_only_auto(model: &str) -> bool {
    AUTO_ONLY.iter().any(|family| is_of(model, family))
}

/// Whether `model` is the family's name or a size or snapshot of it; `gpt-5.1` is no `gpt-5`.
fn is_of(model: &str, family: &str) -> bool {
    model.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_original_gpt_5_takes_only_auto() {
        for model in ["gpt-5", "gpt-5-2025-08-07", "gpt-5-mini", "gpt-5-nano-2025-08-07", "gpt-5-pro"] {
            assert!(takes_only_auto(model), "{model}");
        }
        for model in ["gpt-5.1", "gpt-5.4-2026-03-05", "gpt-4o", "o3", "gpt-50", "ft:gpt-5"] {
            assert!(!takes_only_auto(model), "{model}");
        }
    }
}
