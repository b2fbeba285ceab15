//! Checks of a request's parameters, tools apart (providers-wire.md §1.2 and §1.5).

use stet_domain::Json;

use super::error::ApiError;
use super::families::{Family, Reasoning};
use super::strict;
use crate::fields::{given, integer, list, text};
use crate::form::Form;

/// Every top-level parameter of the API.
const KNOWN: [&str; 32] = [
    "background",
    "background_options",
    "context_management",
    "conversation",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];

/// Parameters that the API has and the simulator does not play.
const NOT_PLAYED: [&str; 5] = ["background", "conversation", "previous_response_id", "prompt", "stream"];

/// The least output budget.
const BUDGET_MIN: i64 = 16;

const EFFORTS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

const ROLES: [&str; 4] = ["assistant", "system", "developer", "user"];

/// Characters that a schema's name may have.
const NAME_MAX_CHARS: usize = 64;

/// Refuses what is no object, has parameters that the API does not have, or asks for what is not played here.
pub(super) fn known(document: &Json) -> Result<(), ApiError> {
    let Some(members) = document.as_object() else { return Err(ApiError::unparsable()) };
    if let Some(name) = members.keys().find(|name| !KNOWN.contains(name)) {
        return Err(ApiError::invalid(
            Some("unknown_parameter"),
            name,
            format!("Unknown parameter: '{name}'."),
        ));
    }
    let asked = |name: &&&str| given(document, name).is_some_and(|value| value.as_bool() != Some(false));
    match NOT_PLAYED.iter().find(asked) {
        Some(name) => {
            let message = format!("The simulator does not play '{name}'.");
            Err(ApiError::invalid(Some("unsupported_parameter"), name, message))
        }
        None => Ok(()),
    }
}

/// The error for a value of another type.
pub(super) fn wrong_type(name: &str, expected: &str, found: &Json) -> ApiError {
    let found = found.type_name();
    let message = format!("Invalid type for '{name}': expected {expected}, but got a {found} instead.");
    ApiError::invalid(Some("invalid_type"), name, message)
}

/// The error for a value outside a closed set.
pub(super) fn wrong_value(name: &str, value: &str, supported: &[&str]) -> ApiError {
    let supported = supported.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
    let message = format!("Invalid value: '{value}'. Supported values are: {supported}.");
    ApiError::invalid(Some("invalid_value"), name, message)
}

/// Checks `instructions` and `input`.
pub(super) fn input(document: &Json) -> Result<(), ApiError> {
    if let Some(instructions) = given(document, "instructions").filter(|value| value.as_str().is_none()) {
        return Err(wrong_type("instructions", "a string", instructions));
    }
    let Some(input) = document.get("input") else { return Ok(()) };
    let items = match input {
        Json::String(_) => return Ok(()),
        Json::Array(items) => items,
        other => return Err(wrong_type("input", "one of a string or array of input items", other)),
    };
    for (index, item) in items.iter().enumerate() {
        let role = text(item, "role").unwrap_or_default();
        if !ROLES.contains(&role) {
            return Err(wrong_value(&format!("input[{index}].role"), role, &ROLES));
        }
        let is_parts = item.get("content").is_some_and(|content| content.as_array().is_some());
        if text(item, "content").is_none() && !is_parts {
            let found = item.get("content").unwrap_or(&Json::Null);
            return Err(wrong_type(
                &format!("input[{index}].content"),
                "one of a string or array of parts",
                found,
            ));
        }
    }
    Ok(())
}

/// The effort in force.
pub(super) fn effort<'a>(document: &'a Json, model: &str, family: Family) -> Result<&'a str, ApiError> {
    let param = "reasoning.effort";
    let Some(effort) = given(document, "reasoning").and_then(|reasoning| given(reasoning, "effort")) else {
        return Ok(family.default_effort);
    };
    let effort = effort.as_str().ok_or_else(|| wrong_type(param, "a string", effort))?;
    if !EFFORTS.contains(&effort) {
        return Err(wrong_value(param, effort, &EFFORTS));
    }
    if family.reasoning == Reasoning::Never {
        let message = format!("Unsupported parameter: '{param}' is not supported with this model.");
        return Err(ApiError::invalid(Some("unsupported_parameter"), param, message));
    }
    let refused = match effort {
        "none" => family.reasoning == Reasoning::Always,
        "minimal" => !family.minimal,
        _ => false,
    };
    if refused {
        let message = format!("Unsupported value: '{effort}' is not supported with the '{model}' model.");
        return Err(ApiError::invalid(Some("unsupported_value"), param, message));
    }
    Ok(effort)
}

/// Checks temperature and `top_p`.
pub(super) fn sampling(document: &Json, family: Family, effort: &str) -> Result<(), ApiError> {
    for (name, most) in [("temperature", 2.0), ("top_p", 1.0)] {
        let Some(value) = given(document, name) else { continue };
        let Some(number) = value.as_number() else { return Err(wrong_type(name, "a decimal", value)) };
        if !family.samples(effort) {
            let message = format!("Unsupported parameter: '{name}' is not supported with this model.");
            return Err(ApiError::invalid(None, name, message));
        }
        let spelled = number.as_str();
        // A canonical number always parses; beyond the range of f64 it is infinite and out of bounds all the same.
        let value: f64 = spelled.parse().unwrap_or(f64::INFINITY);
        let (code, words) = if value < 0.0 {
            ("decimal_below_min_value", "below minimum value. Expected a value >= 0".to_owned())
        } else if value > most {
            ("decimal_above_max_value", format!("above maximum value. Expected a value <= {most}"))
        } else {
            continue;
        };
        let message = format!("Invalid '{name}': decimal {words}, but got {spelled} instead.");
        return Err(ApiError::invalid(Some(code), name, message));
    }
    Ok(())
}

/// The output budget.
pub(super) fn budget(document: &Json) -> Result<Option<u64>, ApiError> {
    let name = "max_output_tokens";
    let Some(value) = given(document, name) else { return Ok(None) };
    let whole = integer(value).ok_or_else(|| wrong_type(name, "an integer", value))?;
    if whole < BUDGET_MIN {
        let words = format!(
            "integer below minimum value. Expected a value >= {BUDGET_MIN}, but got {whole} instead."
        );
        let message = format!("Invalid '{name}': {words}");
        return Err(ApiError::invalid(Some("integer_below_min_value"), name, message));
    }
    Ok(u64::try_from(whole).ok())
}

/// The form of the text.
pub(super) fn form(document: &Json) -> Result<Form<'_>, ApiError> {
    let Some(format) = given(document, "text").and_then(|text| given(text, "format")) else {
        return Ok(Form::Text);
    };
    match text(format, "type") {
        Some("text") => Ok(Form::Text),
        Some("json_object") => {
            let says_json =
                super::ask::texts(document).iter().any(|(_, said)| said.to_lowercase().contains("json"));
            if says_json {
                return Ok(Form::AnyJson);
            }
            let message = "Response input messages must contain the word 'json' in some form to use 'text.format' of \
                           type 'json_object'.";
            Err(ApiError::invalid(None, "input", message))
        }
        Some("json_schema") => schema(format),
        other => {
            let found = other.unwrap_or_default();
            Err(wrong_value("text.format.type", found, &["json_object", "json_schema", "text"]))
        }
    }
}

fn schema(format: &Json) -> Result<Form<'_>, ApiError> {
    let missing = |name: &str| {
        let message = format!("Missing required parameter: '{name}'.");
        ApiError::invalid(Some("missing_required_parameter"), name, message)
    };
    let name = text(format, "name").ok_or_else(|| missing("text.format.name"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > NAME_MAX_CHARS || !name.chars().all(plain) {
        let message = "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the \
                       pattern '^[a-zA-Z0-9_-]+$'.";
        return Err(ApiError::invalid(Some("invalid_value"), "text.format.name", message));
    }
    let schema = given(format, "schema").ok_or_else(|| missing("text.format.schema"))?;
    if schema.as_object().is_none() {
        return Err(wrong_type("text.format.schema", "an object", schema));
    }
    if format.get("strict").and_then(Json::as_bool) == Some(true)
        && let Err(reason) = strict::check(schema)
    {
        let message = format!("Invalid schema for response_format '{name}': {reason}");
        return Err(ApiError::invalid(Some("invalid_json_schema"), "text.format.schema", message));
    }
    Ok(Form::Schema(schema))
}

/// The country of a location, checked.
pub(super) fn country(tool: &Json, index: usize) -> Result<Option<&str>, ApiError> {
    let Some(location) = given(tool, "user_location") else { return Ok(Some("US")) };
    if text(location, "type") != Some("approximate") {
        let found = text(location, "type").unwrap_or_default();
        return Err(wrong_value(&format!("tools[{index}].user_location.type"), found, &["approximate"]));
    }
    let Some(country) = given(location, "country") else { return Ok(None) };
    match country.as_str() {
        Some(code) if code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()) => Ok(Some(code)),
        _ => {
            let param = format!("tools[{index}].user_location.country");
            let message = format!("Invalid '{param}': expected an ISO 3166-1 alpha-2 country code.");
            Err(ApiError::invalid(Some("invalid_value"), &param, message))
        }
    }
}

/// Checks the domains of a search's filter.
pub(super) fn domains(tool: &Json, index: usize) -> Result<(), ApiError> {
    const DOMAINS_MAX: usize = 100;
    let Some(filters) = given(tool, "filters") else { return Ok(()) };
    let param = format!("tools[{index}].filters.allowed_domains");
    let domains = list(filters, "allowed_domains");
    if domains.len() > DOMAINS_MAX {
        let given = domains.len();
        let message =
            format!("Invalid '{param}': array too long. Expected at most {DOMAINS_MAX}, but got {given}.");
        return Err(ApiError::invalid(Some("array_above_max_length"), &param, message));
    }
    match domains.iter().find(|domain| domain.as_str().is_none_or(|domain| domain.contains("://"))) {
        Some(domain) => {
            let found = domain.to_canonical_string();
            let message = format!("Invalid '{param}': {found} is not a domain without a scheme.");
            Err(ApiError::invalid(Some("invalid_value"), &param, message))
        }
        None => Ok(()),
    }
}
