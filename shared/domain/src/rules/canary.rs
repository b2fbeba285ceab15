//! At which temperature canary prompts are sent (providers.md, "Version, fingerprint, drift").

use stet_canon::Number;

use super::parameter::takes_sampling;
use crate::template::Template;

/// Zero, wherever the model takes a temperature beside the template's reasoning effort; `None` where it takes none. A model that nothing is known of is
/// sent one: the provider itself judges it.
#[must_use]
pub fn canary_temperature(template: &Template) -> Option<Number> {
    takes_sampling(template).then(|| Number::from(0_u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_models_that_take_a_temperature_are_sent_one() {
        for (provider, model, effort, expected) in [
            ("openai", "gpt-4o-2024-08-06", None, true),
            ("openai", "o3-2025-04-16", None, false),
            ("openai", "gpt-5.4-2026-03-05", None, true),
            ("openai", "gpt-5.4-2026-03-05", Some("high"), false),
            ("openai", "gpt-5.5-2026-04-23", None, false),
            ("openai", "gpt-5.5-2026-04-23", Some("none"), true),
            ("openai", "a-model-of-later", None, true),
            ("gemini", "gemini-3.6-flash", Some("high"), true),
        ] {
            let effort =
                effort.map_or_else(String::new, |effort| format!(r#""reasoning_effort":"{effort}""#));
            let config = format!(
                r#"{{"provider":"{provider}","model_version_constraint":"{model}",
                    "messages":[{{"role":"user","content":"q"}}],"generation":{{{effort}}}}}"#
            );
            let template = Template::parse(config.as_bytes()).unwrap();
            assert_eq!(canary_temperature(&template).is_some(), expected, "{config}");
        }
    }
}
