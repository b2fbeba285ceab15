//! Checks of the generation settings (providers-wire.md §2.2).

use stet_domain::Json;

use super::error::ApiError;
use super::families::{Family, Thinking};
use super::fields::{flag, float, list, member, text, whole};
use super::surface::Surface;
use crate::form::Form;

const JSON: &str = "application/json";

/// Stop sequences that a request may have.
const STOPS_MAX: usize = 5;

/// A setting's bounds: the name, the least value, the end, whether the end itself is taken, and how the range is told.
const RANGES: [(&str, f64, f64, bool, &str); 5] = [
    ("temperature", 0.0, 2.0001, false, "[0, 2.0001)"),
    ("topP", 0.0, 1.0, true, "[0, 1]"),
    ("topK", 1.0, 1_000_000.0, true, "[1, 1000000]"),
    ("presencePenalty", -2.0, 2.0, false, "[-2, 2)"),
    ("frequencyPenalty", -2.0, 2.0, false, "[-2, 2)"),
];

/// What the settings ask for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Config<'a> {
    pub(super) form: Form<'a>,
    pub(super) max_output_tokens: Option<u64>,
    /// Whether the model thinks before it answers.
    pub(super) thinks: bool,
    /// Whether thoughts are told.
    pub(super) tells_thoughts: bool,
}

/// Reads and checks the settings.
pub(super) fn read(document: &Json, surface: Surface, family: Family) -> Result<Config<'_>, ApiError> {
    let config = member(document, "generationConfig").unwrap_or(&Json::Null);
    for range in RANGES {
        bounds(config, surface, range)?;
    }
    counts(config, surface)?;
    let thinking = member(config, "thinkingConfig").unwrap_or(&Json::Null);
    Ok(Config {
        form: form(config, surface)?,
        max_output_tokens: whole(config, "maxOutputTokens").and_then(|tokens| u64::try_from(tokens).ok()),
        thinks: thinks(thinking, family)?,
        tells_thoughts: flag(thinking, "includeThoughts"),
    })
}

fn bounds(
    config: &Json,
    surface: Surface,
    (name, least, end, closed, range): (&str, f64, f64, bool, &str),
) -> Result<(), ApiError> {
    let Some((value, spelled)) = float(config, name) else { return Ok(()) };
    if value >= least && (value < end || closed && value <= end) {
        return Ok(());
    }
    let snake = super::fields::snake(name);
    let developer = format!("{snake} must be in the range {range}.");
    let vertex = format!("it has a {name} value of {spelled} but the supported range is {range}");
    Err(ApiError::field(surface, &format!("generation_config.{snake}"), &developer, &vertex))
}

fn counts(config: &Json, surface: Surface) -> Result<(), ApiError> {
    if whole(config, "maxOutputTokens").is_some_and(|tokens| tokens < 1) {
        let field = "generation_config.max_output_tokens";
        let vertex = "the maxOutputTokens value must be at least 1";
        return Err(ApiError::field(surface, field, "max_output_tokens must be positive.", vertex));
    }
    if whole(config, "candidateCount").is_some_and(|count| count != 1) {
        return Err(ApiError::invalid("Multiple candidates is not enabled for this model"));
    }
    if list(config, "stopSequences").len() > STOPS_MAX {
        let vertex = "it has more than 5 stopSequences";
        return Err(ApiError::field(
            surface,
            "generation_config.stop_sequences",
            "at most 5 stop sequences.",
            vertex,
        ));
    }
    Ok(())
}

/// Whether the model thinks, as far as the settings may say.
fn thinks(thinking: &Json, family: Family) -> Result<bool, ApiError> {
    let budget = whole(thinking, "thinkingBudget");
    let level = text(thinking, "thinkingLevel");
    if family.thinking == Thinking::Never {
        if budget.is_none() && level.is_none() {
            return Ok(false);
        }
        return Err(ApiError::invalid("Thinking is not supported for this model."));
    }
    match (budget, level) {
        (Some(_), Some(_)) => {
            Err(ApiError::invalid("You can only set only one of thinking budget and thinking level."))
        }
        (None, Some(_)) if !family.levels => {
            Err(ApiError::invalid("Thinking level is not supported for this model."))
        }
        (None, Some("MINIMAL")) if !family.minimal => Err(ApiError::invalid(
            "Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.",
        )),
        (None, Some(level)) => Ok(level != "MINIMAL"),
        (Some(..=-2), None) => {
            Err(ApiError::invalid("The thinking budget must be -1, 0 or a positive number."))
        }
        (Some(0), None) if family.thinking == Thinking::Always => {
            Err(ApiError::invalid("Budget 0 is invalid. This model only works in thinking mode."))
        }
        (Some(budget), None) => Ok(budget != 0),
        (None, None) => Ok(family.thinking != Thinking::OffByDefault),
    }
}

/// The form of the text, by whichever of the three spellings asks for it.
fn form(config: &Json, surface: Surface) -> Result<Form<'_>, ApiError> {
    if let Some(entry) = list(config, "responseFormat").iter().find_map(|entry| member(entry, "text")) {
        let schema = member(entry, "schema").map_or(Form::AnyJson, Form::Schema);
        return Ok(if text(entry, "mimeType") == Some(JSON) { schema } else { Form::Text });
    }
    let schemas = (member(config, "responseSchema"), member(config, "responseJsonSchema"));
    let schema = match schemas {
        (Some(_), Some(_)) => {
            let words = "only one of response_schema and response_json_schema may be set";
            return Err(ApiError::field(surface, "generation_config", words, words));
        }
        (schema, json_schema) => schema.or(json_schema),
    };
    if schema.is_some_and(|schema| schema.as_object().is_none()) {
        let words = "the response schema must be an object";
        return Err(ApiError::field(surface, "generation_config.response_json_schema", words, words));
    }
    match (text(config, "responseMimeType"), schema) {
        (Some(JSON), Some(schema)) => Ok(Form::Schema(schema)),
        (Some(JSON), None) => Ok(Form::AnyJson),
        (None | Some("" | "text/plain"), None) => Ok(Form::Text),
        (None | Some("" | "text/plain"), Some(_)) => {
            let field = "generation_config.response_mime_type";
            let developer = "'response_schema' is only supported with 'application/json' or 'text/x.enum'";
            Err(ApiError::field(
                surface,
                field,
                developer,
                "a response schema needs the mime type application/json",
            ))
        }
        (Some(other), _) => {
            let words = format!(
                "allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and \
                 `text/x.enum`, not {other:?}"
            );
            Err(ApiError::field(surface, "generation_config.response_mime_type", &words, &words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(model: &str, config: &str) -> Result<bool, String> {
        let body = Json::parse(format!(r#"{{"generationConfig":{config}}}"#).as_bytes()).unwrap();
        let read = read(&body, Surface::Developer, Family::of(model));
        read.map(|config| config.thinks).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn thinking_is_what_each_generation_takes() {
        assert_eq!(checked("gemini-2.0-flash", "{}"), Ok(false));
        assert_eq!(checked("gemini-2.5-flash", "{}"), Ok(true));
        assert_eq!(checked("gemini-2.5-flash", r#"{"thinkingConfig":{"thinkingBudget":0}}"#), Ok(false));
        assert_eq!(checked("gemini-2.5-flash-lite", "{}"), Ok(false));
        assert_eq!(
            checked("gemini-3-flash-preview", r#"{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}"#),
            Ok(false)
        );
        for (model, config, words) in [
            ("gemini-2.0-flash", r#"{"thinkingConfig":{"thinkingBudget":0}}"#, "Thinking is not supported"),
            ("gemini-2.5-pro", r#"{"thinkingConfig":{"thinkingBudget":0}}"#, "Budget 0 is invalid"),
            (
                "gemini-2.5-pro",
                r#"{"thinkingConfig":{"thinkingLevel":"LOW"}}"#,
                "Thinking level is not supported",
            ),
            ("gemini-3.1-pro-preview", r#"{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}"#, "level MINIMAL"),
            ("gemini-2.5-flash", r#"{"thinkingConfig":{"thinkingBudget":-2}}"#, "must be -1"),
        ] {
            let said = checked(model, config).unwrap_err();
            assert!(said.contains(words), "{model} {config}: {said}");
        }
    }

    #[test]
    fn bounds_and_forms_are_checked() {
        for (config, words) in [
            (r#"{"temperature":2.5}"#, "[0, 2.0001)"),
            (r#"{"temperature":-0.1}"#, "generation_config.temperature"),
            (r#"{"topP":1.01}"#, "[0, 1]"),
            (r#"{"topK":0}"#, "[1, 1000000]"),
            (r#"{"maxOutputTokens":0}"#, "must be positive"),
            (r#"{"candidateCount":2}"#, "Multiple candidates"),
            (r#"{"responseSchema":{}}"#, "only supported with 'application/json'"),
            (r#"{"responseMimeType":"text/html"}"#, "allowed mimetypes"),
            (r#"{"responseMimeType":"application/json","responseJsonSchema":true}"#, "must be an object"),
        ] {
            let said = checked("gemini-2.5-flash", config).unwrap_err();
            assert!(said.contains(words), "{config}: {said}");
        }
        assert!(checked("gemini-2.5-flash", r#"{"temperature":2,"topP":1,"topK":40}"#).is_ok());
    }
}
