//! Floating aliases: a model id that may mean another model tomorrow is no pin (system.md, "A template").

use super::model::Models;
use crate::Provider;
use crate::code::ErrorCode;
use crate::field::{FieldError, shown};
use crate::template::Template;

/// The suffix by which a vendor says that an id floats.
const FLOATING_SUFFIX: &str = "-latest";

/// What resource names of models begin with, where ids do not.
const RESOURCE_PREFIX: &str = "models/";

pub(super) fn check(template: &Template, listed: &[String]) -> Option<FieldError> {
    let model = template.model_version_constraint.as_str();
    let refuse = |code, detail| Some(FieldError::new("/model_version_constraint", code, detail));
    if starts_with(model, RESOURCE_PREFIX) {
        let detail = format!(
            "{} begins with {RESOURCE_PREFIX}, which no answer's version carries: leave it out",
            shown(model)
        );
        return refuse(ErrorCode::ValueNotAllowed, detail);
    }
    let detail = if ends_with(model, FLOATING_SUFFIX) {
        format!("{} ends in {FLOATING_SUFFIX}: name a pinned version", shown(model))
    } else if let Some(target) = Models::of(template.provider).aliases.get(model) {
        format!("{} is a floating alias, last seen as {target}: name a pinned version", shown(model))
    } else {
        let sibling = pinned_sibling(template.provider, model, listed)?;
        format!("{} floats beside {}: name a pinned version", shown(model), shown(sibling))
    };
    refuse(ErrorCode::ModelAlias, detail)
}

fn starts_with(model: &str, prefix: &str) -> bool {
    model.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

fn ends_with(model: &str, suffix: &str) -> bool {
    let start = model.len().checked_sub(suffix.len());
    start.and_then(|start| model.get(start..)).is_some_and(|tail| tail.eq_ignore_ascii_case(suffix))
}

/// The newest id of the list that is `model` with a date (or, for Gemini, a release number) behind it.
#[must_use]
pub fn pinned_sibling<'a>(provider: Provider, model: &str, listed: &'a [String]) -> Option<&'a str> {
    let siblings = listed.iter().map(String::as_str).filter(|listed| {
        listed.strip_prefix(model).and_then(|rest| rest.strip_prefix('-')).is_some_and(
            |suffix| match provider {
                Provider::OpenAi => is_date(suffix),
                Provider::Gemini | Provider::Vertex => is_date(suffix) || has_shape(suffix, "000"),
            },
        )
    });
    siblings.max()
}

/// Whether a model id ends in a date or a release number, and so names one snapshot.
#[must_use]
pub fn names_a_snapshot(model: &str) -> bool {
    model
        .match_indices('-')
        .filter_map(|(at, _)| model.get(at + 1..))
        .any(|suffix| is_date(suffix) || has_shape(suffix, "000"))
}

/// The spellings of dates in model ids: `2025-08-07`, `20250807`, `05-20`, `09-2025` and the early `0613`.
fn is_date(suffix: &str) -> bool {
    ["0000-00-00", "00000000", "00-00", "00-0000", "0000"].iter().any(|shape| has_shape(suffix, shape))
}

fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_are_dated_or_numbered() {
        let listed: Vec<String> = [
            "gpt-5.7",
            "gpt-5.7-2026-01-02",
            "gpt-5.7-2026-09-10",
            "gpt-5.7-mini-2026-09-10",
            "gpt-4-0613",
            "gemini-2.0-flash-001",
            "gemini-2.5-flash-preview-05-20",
        ]
        .map(str::to_owned)
        .into();
        let openai = |model| pinned_sibling(Provider::OpenAi, model, &listed);
        assert_eq!(openai("gpt-5.7"), Some("gpt-5.7-2026-09-10"));
        assert_eq!(openai("gpt-4"), Some("gpt-4-0613"));
        assert_eq!(openai("gpt-5.7-mini"), Some("gpt-5.7-mini-2026-09-10"));
        assert_eq!(openai("gpt-5.7-2026-01-02"), None);
        assert_eq!(openai("gpt-5"), None);
        assert_eq!(openai("gemini-2.0-flash"), None);
        let gemini = |model| pinned_sibling(Provider::Gemini, model, &listed);
        assert_eq!(gemini("gemini-2.0-flash"), Some("gemini-2.0-flash-001"));
        assert_eq!(gemini("gemini-2.5-flash-preview"), Some("gemini-2.5-flash-preview-05-20"));
        assert_eq!(gemini("gemini-2.5-flash"), None);
    }
}
