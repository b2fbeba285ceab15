//! The parts of an answer.

use serde::Serialize;

use crate::draw::Draw;
use crate::google::answer::{Draft, Sign};
use crate::google::ask::Ask;
use crate::google::ids;

/// A part: one of its members, and marks of a thought.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought_signature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<FunctionCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executable_code: Option<ExecutableCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call: Option<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_response: Option<ToolResponse>,
}

#[derive(Serialize)]
struct FunctionCall<'a> {
    name: &'static str,
    args: Query<'a>,
}

#[derive(Serialize)]
struct Query<'a> {
    query: &'a str,
}

#[derive(Serialize)]
struct ExecutableCode {
    language: &'static str,
    code: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolCall<'a> {
    id: String,
    tool_type: &'static str,
    args: Queries<'a>,
}

#[derive(Serialize)]
struct Queries<'a> {
    queries: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolResponse {
    id: String,
    tool_type: &'static str,
}

/// Characters of a signature of thoughts.
const SIGNATURE_CHARS: usize = 96;

const SEARCH: &str = "GOOGLE_SEARCH_WEB";

/// All parts, in the order in which the model put them out.
pub(super) fn all<'a>(ask: &Ask<'_>, draft: &'a Draft, ids: &mut Draw) -> Vec<Part<'a>> {
    let mut parts = Vec::new();
    if let Some(thought) = &draft.thought {
        parts.push(Part { text: Some(thought), thought: Some(true), ..Part::default() });
    }
    let queries: Vec<&str> = draft.found.queries().collect();
    if ask.tools.tells_calls && !queries.is_empty() {
        let id = ids::token(ids, 8);
        let call = ToolCall { id: id.clone(), tool_type: SEARCH, args: Queries { queries } };
        parts.push(Part { tool_call: Some(call), ..Part::default() });
        let response = ToolResponse { id, tool_type: SEARCH };
        parts.push(Part { tool_response: Some(response), ..Part::default() });
    }
    if draft.sign == Some(Sign::Code) {
        let code = ExecutableCode { language: "PYTHON", code: "print(19)\n" };
        parts.push(Part { executable_code: Some(code), ..Part::default() });
    }
    let texts = parts.len();
    parts.extend(draft.texts.iter().map(|text| Part { text: Some(text), ..Part::default() }));
    // The third generation signs what it thought, on the first part that is no thought.
    if let Some(first) = parts.get_mut(texts).filter(|_| ask.family.levels && draft.tokens.thoughts > 0) {
        first.thought_signature = Some(ids::token(ids, SIGNATURE_CHARS));
    }
    if draft.sign == Some(Sign::Function) {
        let call = FunctionCall { name: "search", args: Query { query: "current rate" } };
        parts.push(Part { function_call: Some(call), ..Part::default() });
    }
    parts
}

/// What is said of an answer that calls a function, although nothing went wrong.
pub(super) fn message(sign: Sign) -> Option<&'static str> {
    match sign {
        Sign::Function => Some("Model generated function call(s)."),
        Sign::Code => None,
    }
}
