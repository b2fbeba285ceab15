//! What is known of the providers' models: data, not code (providers-wire.md 1.5 and 3).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use stet_canon::Json;

use crate::Provider;
use crate::template::ReasoningEffort;

static OPENAI: LazyLock<Models> =
    LazyLock::new(|| Models::read(include_bytes!("../../data/models/openai.json")));
static GEMINI: LazyLock<Models> =
    LazyLock::new(|| Models::read(include_bytes!("../../data/models/gemini.json")));

/// What is known of one provider's models.
#[derive(Debug)]
pub(super) struct Models {
    /// Floating alias → what it resolved to when it was last seen.
    pub(super) aliases: BTreeMap<String, String>,
    /// Parameters that the interface does not have, for any model.
    pub(super) refused_parameters: Vec<String>,
    /// The least `max_output_tokens` that is accepted.
    pub(super) max_output_tokens_min: u32,
    /// Families, the most exact first.
    families: Vec<Family>,
}

/// Models that take the same parameters.
#[derive(Debug)]
pub(super) struct Family {
    ids: Vec<String>,
    /// When `temperature` and `top_p` are accepted.
    pub(super) sampling: Sampling,
    /// The accepted efforts; none for models that do not reason.
    pub(super) efforts: Vec<ReasoningEffort>,
    /// Whether the search tool is supported.
    pub(super) search: bool,
    /// Whether a search and JSON are taken in one request.
    pub(super) search_with_json: bool,
}

/// When a family accepts `temperature` and `top_p`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sampling {
    /// Always.
    Always,
    /// Never: it always reasons.
    Never,
    /// Unless an effort other than `none` is set.
    EffortNoneOrAbsent,
    /// Only beside the effort `none`.
    EffortNone,
}

impl Models {
    /// The knowledge of a provider; Vertex serves Gemini's models.
    pub(super) fn of(provider: Provider) -> &'static Self {
        match provider {
            Provider::OpenAi => &OPENAI,
            Provider::Gemini | Provider::Vertex => &GEMINI,
        }
    }

    /// The family of a model; `None` for one that nothing is known of, which the provider itself will judge.
    pub(super) fn family(&self, model: &str) -> Option<&Family> {
        // A fine-tuned model is of its base's family: `ft:<base>:<org>:…`.
        let base = model.strip_prefix("ft:").and_then(|rest| rest.split(':').next()).unwrap_or(model);
        self.families.iter().find(|family| family.ids.iter().any(|pattern| matches(pattern, base)))
    }

    fn read(bytes: &[u8]) -> Self {
        let json = Json::parse(bytes).expect("the embedded table is JSON: a test reads it");
        let aliases =
            json.get("aliases").and_then(Json::as_object).into_iter().flat_map(stet_canon::Members::iter);
        let families = json.get("families").and_then(Json::as_array).unwrap_or_default();
        Self {
            aliases: aliases
                .map(|(alias, target)| (alias.to_owned(), target.as_str().unwrap_or_default().to_owned()))
                .collect(),
            refused_parameters: strings(json.get("refused_parameters")),
            max_output_tokens_min: json
                .get("max_output_tokens_min")
                .and_then(Json::as_number)
                .and_then(stet_canon::Number::to_u64)
                .and_then(|least| u32::try_from(least).ok())
                .expect("the embedded table has the least max_output_tokens: a test reads it"),
            families: families.iter().map(Family::read).collect(),
        }
    }
}

impl Family {
    fn read(json: &Json) -> Self {
        let sampling = match json.get("sampling").and_then(Json::as_str) {
            Some("always") => Sampling::Always,
            Some("never") => Sampling::Never,
            Some("effort_none_or_absent") => Sampling::EffortNoneOrAbsent,
            Some("effort_none") => Sampling::EffortNone,
            other => panic!("the embedded table names an unknown sampling {other:?}: a test reads it"),
        };
        let efforts = strings(json.get("efforts"));
        Self {
            ids: strings(json.get("ids")),
            sampling,
            efforts: efforts.iter().filter_map(|effort| ReasoningEffort::from_word(effort)).collect(),
            search: json.get("search").and_then(Json::as_bool).unwrap_or(true),
            search_with_json: json.get("search_with_json").and_then(Json::as_bool).unwrap_or(false),
        }
    }
}

fn strings(json: Option<&Json>) -> Vec<String> {
    let members = json.and_then(Json::as_array).unwrap_or_default();
    members.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Whether `text` is of a pattern in which `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_written() {
        for (pattern, text, expected) in [
            ("gpt-5", "gpt-5", true),
            ("gpt-5", "gpt-5.1", false),
            ("gpt-5-*", "gpt-5-mini-2025-08-07", true),
            ("gpt-5.*-chat*", "gpt-5.2-chat-latest", true),
            ("gpt-5.*-chat*", "gpt-5-chat-latest", false),
            ("a*b*c", "axbyc", true),
            ("a*b*c", "axbycd", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn families_are_those_of_the_wire_reference() {
        let sampling = |model| Models::of(Provider::OpenAi).family(model).map(|family| family.sampling);
        assert_eq!(sampling("gpt-4o-mini-2024-07-18"), Some(Sampling::Always));
        assert_eq!(sampling("gpt-5-chat-2025-08-07"), Some(Sampling::Always));
        assert_eq!(sampling("ft:gpt-4o-2024-08-06:acme::x"), Some(Sampling::Always));
        assert_eq!(sampling("gpt-5-mini-2025-08-07"), Some(Sampling::Never));
        assert_eq!(sampling("o3-2025-04-16"), Some(Sampling::Never));
        assert_eq!(sampling("gpt-5.4-pro-2026-03-05"), Some(Sampling::Never));
        assert_eq!(sampling("gpt-5.4-2026-03-05"), Some(Sampling::EffortNoneOrAbsent));
        assert_eq!(sampling("gpt-5.5-2026-04-23"), Some(Sampling::EffortNone));
        assert_eq!(sampling("gpt-6-luna"), Some(Sampling::EffortNone));
        assert_eq!(sampling("stet-sim-1"), None);
    }

    #[test]
    fn every_effort_of_the_data_is_known() {
        let files: [(Provider, &[u8]); 2] = [
            (Provider::OpenAi, include_bytes!("../../data/models/openai.json")),
            (Provider::Gemini, include_bytes!("../../data/models/gemini.json")),
        ];
        for (provider, file) in files {
            let data = Json::parse(file).unwrap();
            let families = data.get("families").unwrap().as_array().unwrap();
            assert!(families.len() > 3, "{provider}");
            for (family, read) in families.iter().zip(&Models::of(provider).families) {
                assert_eq!(strings(family.get("efforts")).len(), read.efforts.len());
                assert!(!read.ids.is_empty());
            }
        }
        assert_eq!(Models::of(Provider::Vertex).max_output_tokens_min, 1);
    }
}
