//! Whether grounded JSON is made in two steps (providers.md, Requests 2).

use super::model::Models;
use crate::mode::GroundingMode;
use crate::template::{Output, Template};

/// Whether a cell of this template in this mode is asked in two steps: grounded and in no form, and then for JSON and without a tool.
///
/// One step is enough only where the template says so and its model is known to take a search beside JSON.
#[must_use]
pub fn goes_two_step(template: &Template, mode: GroundingMode) -> bool {
    let offers_search = match mode {
        GroundingMode::Ungrounded => false,
        GroundingMode::Preferred | GroundingMode::Required => true,
    };
    let wants_json = match template.output {
        Output::Text => false,
        Output::Json { .. } => true,
    };
    let provider = template.provider;
    let takes_both = || {
        Models::of(provider)
            .family(&template.model_version_constraint)
            .is_some_and(|family| family.search_with_json)
    };
    offers_search
        && wants_json
        && provider.has_two_steps()
        && (template.grounded_json_two_step || !takes_both())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_step_has_to_be_asked_for_and_taken() {
        let (json, says_one) = (r#","output":{"format":"json"}"#, r#","grounded_json_two_step":false"#);
        let both = format!("{json}{says_one}");
        for (provider, model, fields, expected) in [
            ("gemini", "gemini-2.5-flash", json, true),
            ("gemini", "gemini-3.6-flash", json, true),
            ("gemini", "gemini-3.6-flash", both.as_str(), false),
            ("vertex", "gemini-3-flash-preview", &both, false),
            ("vertex", "gemini-2.5-pro", &both, true),
            ("gemini", "a-model-of-later", &both, true),
            ("gemini", "gemini-2.5-flash", "", false),
            ("openai", "gpt-4o-2024-08-06", json, false),
        ] {
            let config = format!(
                r#"{{"provider":"{provider}","model_version_constraint":"{model}","messages":[{{"role":"user","content":"q"}}]{fields}}}"#
            );
            let template = Template::parse(config.as_bytes()).unwrap();
            for mode in [GroundingMode::Preferred, GroundingMode::Required] {
                assert_eq!(goes_two_step(&template, mode), expected, "{config}");
            }
            assert!(!goes_two_step(&template, GroundingMode::Ungrounded), "{config}");
        }
    }
}
