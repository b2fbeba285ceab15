//! Checks of the offered tools and the choice of them (providers-wire.md §1.3 and §1.4).

use stet_domain::Json;

use super::ask::SearchTool;
use super::error::ApiError;
use super::families::Family;
use super::parameters::{country, domains, wrong_value};
use crate::fields::{given, list, text};
use crate::form::Form;

const TYPES: [&str; 4] =
    ["web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"];

const CONTEXT_SIZES: [&str; 3] = ["high", "low", "medium"];

/// Members that a search tool may have.
const MEMBERS: [&str; 7] = [
    "external_web_access",
    "filters",
    "return_token_budget",
    "search_content_types",
    "search_context_size",
    "type",
    "user_location",
];

/// Whether a tool's type is one of the web searches.
pub(super) fn is_web_search(kind: &str) -> bool {
    TYPES.contains(&kind)
}

/// The search that the model may use, where one is offered and not forbidden.
pub(super) fn read<'a>(
    document: &'a Json,
    model: &str,
    family: Family,
    effort: &str,
    form: Form<'_>,
) -> Result<Option<SearchTool<'a>>, ApiError> {
    let tools = list(document, "tools");
    let mut search = None;
    for (index, tool) in tools.iter().enumerate() {
        let kind = text(tool, "type").unwrap_or_default();
        if !is_web_search(kind) {
            return Err(wrong_value(&format!("tools[{index}].type"), kind, &TYPES));
        }
        shape(tool, index)?;
        if !family.web_search {
            return Err(ApiError::invalid(
                None,
                "tools",
                format!("Hosted tool '{kind}' is not supported with {model}."),
            ));
        }
        if effort == "minimal" {
            let words = "The following tools cannot be used with reasoning.effort 'minimal'";
            return Err(ApiError::invalid(None, "tools", format!("{words}: {kind}.")));
        }
        if form == Form::AnyJson {
            return Err(ApiError::invalid(None, "tools", "Web Search cannot be used with JSON mode."));
        }
        search = Some((tool, kind, country(tool, index)?));
    }
    let choice = choice(document)?;
    if choice == Choice::Required && tools.is_empty() {
        let message = "Tool choice 'required' must be specified with 'tools' parameter.";
        return Err(ApiError::invalid(None, "tool_choice", message));
    }
    let Some((tool, kind, country)) = search else { return Ok(None) };
    if choice != Choice::Auto && family.auto_only {
        let message = format!(
            "Tool choices other than 'auto' are not supported with model '{model}' and the following tool types: \
             '{kind}'."
        );
        return Err(ApiError::invalid(None, "tool_choice", message));
    }
    let offered = SearchTool { tool, country, required: choice == Choice::Required };
    Ok((choice != Choice::None).then_some(offered))
}

fn shape(tool: &Json, index: usize) -> Result<(), ApiError> {
    let unknown = tool.as_object().and_then(|members| members.keys().find(|name| !MEMBERS.contains(name)));
    if let Some(name) = unknown {
        let param = format!("tools[{index}].{name}");
        return Err(ApiError::invalid(
            Some("unknown_parameter"),
            &param,
            format!("Unknown parameter: '{param}'."),
        ));
    }
    if let Some(size) = given(tool, "search_context_size") {
        let size = size.as_str().unwrap_or_default();
        if !CONTEXT_SIZES.contains(&size) {
            return Err(wrong_value(&format!("tools[{index}].search_context_size"), size, &CONTEXT_SIZES));
        }
    }
    domains(tool, index)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Auto,
    None,
    Required,
}

fn choice(document: &Json) -> Result<Choice, ApiError> {
    match given(document, "tool_choice") {
        None => Ok(Choice::Auto),
        Some(Json::Object(_)) => Ok(Choice::Required),
        Some(choice) => match choice.as_str() {
            Some("auto") => Ok(Choice::Auto),
            Some("none") => Ok(Choice::None),
            Some("required") => Ok(Choice::Required),
            other => {
                Err(wrong_value("tool_choice", other.unwrap_or_default(), &["none", "auto", "required"]))
            }
        },
    }
}
