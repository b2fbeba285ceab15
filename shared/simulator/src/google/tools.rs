//! Checks of the offered tools (providers-wire.md §2.2).

use stet_domain::Json;

use super::error::ApiError;
use super::families::Family;
use super::fields::{flag, list, member};
use super::surface::{Surface, Target};
use crate::form::Form;

/// Tools that search the web.
const SEARCHES: [&str; 2] = ["googleSearch", "enterpriseWebSearch"];

/// Tools that the interfaces have and the simulator does not play.
const NOT_PLAYED: [&str; 9] = [
    "functionDeclarations",
    "codeExecution",
    "urlContext",
    "googleMaps",
    "fileSearch",
    "computerUse",
    "parallelAiSearch",
    "exaAiSearch",
    "retrieval",
];

/// What the model may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tools {
    /// Whether a search is offered.
    pub(super) search: bool,
    /// Whether the answer tells the calls of the service's own tools.
    pub(super) tells_calls: bool,
}

/// Whether a request offers a search.
pub(super) fn offers_search(document: &Json) -> bool {
    list(document, "tools").iter().any(|tool| SEARCHES.iter().any(|name| member(tool, name).is_some()))
}

/// Reads and checks the tools.
pub(super) fn read(
    document: &Json,
    target: &Target,
    family: Family,
    form: Form<'_>,
) -> Result<Tools, ApiError> {
    for tool in list(document, "tools") {
        if member(tool, "googleSearchRetrieval").is_some() {
            let message = "google_search_retrieval is not supported. Please use google_search tool instead.";
            return Err(ApiError::invalid(message));
        }
        if let Some(name) = NOT_PLAYED.iter().find(|name| member(tool, name).is_some()) {
            return Err(ApiError::invalid(format!("The simulator does not play '{name}'.")));
        }
    }
    let search = offers_search(document);
    if search && form != Form::Text && !family.searches_with_json {
        return Err(match target.surface {
            Surface::Developer => {
                ApiError::invalid("Tool use with a response mime type: 'application/json' is unsupported")
            }
            Surface::Vertex => ApiError::invalid(
                "Unable to submit request because controlled generation is not supported with google_search tool. \
                 Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini",
            ),
        });
    }
    let told =
        member(document, "toolConfig").is_some_and(|config| flag(config, "includeServerSideToolInvocations"));
    if told && !family.tells_tool_calls {
        let message = format!("Tool call context circulation is not enabled for {}", target.resource);
        return Err(ApiError::invalid(message));
    }
    Ok(Tools { search, tells_calls: told })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_with(model: &str, body: &str, form: Form<'_>) -> Result<Tools, String> {
        let body = Json::parse(body.as_bytes()).unwrap();
        let read = read(&body, &Target::developer(model), Family::of(model), form);
        read.map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_search_beside_json_is_for_the_third_generation() {
        let search = r#"{"tools":[{"google_search":{}}]}"#;
        let offered = Tools { search: true, tells_calls: false };
        assert_eq!(read_with("gemini-2.5-flash", search, Form::Text), Ok(offered));
        assert_eq!(read_with("gemini-3-flash-preview", search, Form::AnyJson), Ok(offered));
        let refused = read_with("gemini-2.5-flash", search, Form::AnyJson).unwrap_err();
        assert!(refused.contains("Tool use with a response mime type: 'application/json' is unsupported"));
    }

    #[test]
    fn old_and_unplayed_tools_are_refused() {
        for (body, words) in [
            (r#"{"tools":[{"googleSearchRetrieval":{}}]}"#, "Please use google_search tool instead."),
            (r#"{"tools":[{"codeExecution":{}}]}"#, "'codeExecution'"),
            (r#"{"toolConfig":{"includeServerSideToolInvocations":true}}"#, "circulation is not enabled"),
        ] {
            let refused = read_with("gemini-2.5-flash", body, Form::Text).unwrap_err();
            assert!(refused.contains(words), "{body}: {refused}");
        }
    }
}
