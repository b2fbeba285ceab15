//! What an answer echoes of the settings in force: a weak, indirect sign of a changed service (providers.md, "Version,
//! fingerprint, drift").

use stet_domain::Json;
use stet_domain::echo::Echo;

use crate::fields::list;

/// Sampling settings and defaults that the service fills in.
const SETTINGS: [&str; 8] = [
    "frequency_penalty",
    "parallel_tool_calls",
    "presence_penalty",
    "reasoning",
    "temperature",
    "top_logprobs",
    "top_p",
    "truncation",
];

/// Parts of an echoed tool that are the cell's own and would differ between cells of one batch.
const OF_THE_CELL: [&str; 2] = ["filters", "user_location"];

/// The echoed settings and tools in canonical bytes; `None` where the answer echoes none.
///
/// Only what is the same for every cell of a batch and for its probe is taken: no budget, no schema, no location. The tools stand
/// apart, for a cell without a search is offered none.
pub(super) fn read(document: &Json) -> Option<Echo> {
    let mut echo: Vec<(&str, Json)> =
        SETTINGS.iter().filter_map(|name| Some((*name, document.get(name)?.clone()))).collect();
    if let Some(verbosity) = document.get("text").and_then(|text| text.get("verbosity")) {
        echo.push(("verbosity", verbosity.clone()));
    }
    if echo.is_empty() {
        return None;
    }
    let tools = list(document, "tools");
    Some(Echo {
        settings: Json::Object(echo.into_iter().collect()).to_canonical_bytes(),
        tools: (!tools.is_empty()).then(|| tools.iter().map(tool).collect::<Json>().to_canonical_bytes()),
    })
}

fn tool(tool: &Json) -> Json {
    let Some(members) = tool.as_object() else { return tool.clone() };
    let kept = members.iter().filter(|(key, _)| !OF_THE_CELL.contains(key));
    Json::Object(kept.map(|(key, value)| (key, value.clone())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn echoed(body: &str) -> Option<(String, Option<String>)> {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let echo = read(&Json::parse(body.as_bytes()).unwrap())?;
        Some((text(echo.settings), echo.tools.map(text)))
    }

    #[test]
    fn settings_are_kept_and_the_cells_own_are_not() {
        let body = r#"{"top_p":0.98,"temperature":1.0,"max_output_tokens":16,"text":{"verbosity":"medium","format":{}},
            "tools":[{"type":"web_search","user_location":{"country":"DE"},"filters":null,"search_context_size":"low"}]}"#;
        let settings = r#"{"temperature":1,"top_p":0.98,"verbosity":"medium"}"#;
        let tools = r#"[{"search_context_size":"low","type":"web_search"}]"#;
        assert_eq!(echoed(body), Some((settings.to_owned(), Some(tools.to_owned()))));
    }

    #[test]
    fn an_answer_without_settings_echoes_nothing() {
        assert_eq!(echoed(r#"{"model":"m","tools":[]}"#), None);
        assert_eq!(echoed(r#"{"top_p":1,"tools":[]}"#), Some((r#"{"top_p":1}"#.to_owned(), None)));
    }
}
