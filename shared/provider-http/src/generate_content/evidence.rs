//! What an answer shows of searching (providers.md, "Evidence of grounding").

use stet_domain::Json;
use stet_provider::SearchEvidence;

use super::chunks::{self, Surroundings};
use super::decode::parts;
use crate::fields::{distinct, integer, list, text};

/// What the tool types of a search begin with.
const SEARCH_TOOL: &str = "GOOGLE_SEARCH";

/// Members of a part that show another tool at work.
const OTHER_TOOLS: [&str; 3] = ["functionCall", "executableCode", "codeExecutionResult"];

/// Reads the candidate's search and citations; `counts` is the body's `usageMetadata`.
///
/// Recitation (`citationMetadata`), links inside the rendered entry point and an empty `groundingMetadata` are no evidence. Metadata that shows no
/// search is still a trace: an answer that was offered no tool has none at all (providers-wire.md §2.2).
pub(super) fn read(candidate: &Json, counts: Option<&Json>) -> SearchEvidence {
    let mut evidence = SearchEvidence::default();
    let metadata = candidate.get("groundingMetadata");
    let mut queries: Vec<&str> = Vec::new();
    if let Some(metadata) = metadata {
        let told = list(metadata, "webSearchQueries");
        evidence.performed |= !told.is_empty();
        queries.extend(told.iter().filter_map(Json::as_str));
        evidence.performed |= metadata.get("searchEntryPoint").is_some_and(has_members);
        evidence.has_sources |= list(metadata, "groundingChunks").iter().any(has_members);
        evidence.tool_traces |= !list(metadata, "retrievalQueries").is_empty();
    }
    queries.extend(called(parts(candidate), &mut evidence));
    // Real answers repeat queries, and have empty ones, which tell nothing.
    evidence.queries = distinct(queries);
    let fetched =
        candidate.get("urlContextMetadata").map(|context| list(context, "urlMetadata")).unwrap_or_default();
    evidence.tool_traces |= !fetched.is_empty();
    let billed = counts.and_then(|counts| integer(counts, "toolUsePromptTokenCount"));
    let has_metadata = metadata.is_some_and(|metadata| metadata.as_object().is_some());
    evidence.tool_traces |= !evidence.performed && (has_metadata || billed.is_some_and(|tokens| tokens > 0));
    if let Some(metadata) = metadata {
        let surroundings = Surroundings {
            searched: evidence.performed,
            fetched: fetched.iter().filter_map(|page| text(page, "retrievedUrl")).collect(),
        };
        evidence.citations = chunks::citations(metadata, &surroundings);
    }
    evidence
}

/// The queries of the tool calls that the answer shows; a response without a search's call is another tool's.
fn called<'a>(parts: &'a [Json], evidence: &mut SearchEvidence) -> Vec<&'a str> {
    let mut queries = Vec::new();
    let mut searched = false;
    let mut answered = false;
    for part in parts {
        evidence.tool_traces |= OTHER_TOOLS.iter().any(|tool| part.get(tool).is_some());
        answered |= part.get("toolResponse").is_some();
        let Some(call) = part.get("toolCall") else { continue };
        if text(call, "toolType").is_some_and(|tool| tool.starts_with(SEARCH_TOOL)) {
            searched = true;
            let told = call.get("args").map(|args| list(args, "queries")).unwrap_or_default();
            queries.extend(told.iter().filter_map(Json::as_str));
        } else {
            evidence.tool_traces = true;
        }
    }
    evidence.performed |= searched;
    evidence.tool_traces |= answered && !searched;
    queries
}

fn has_members(value: &Json) -> bool {
    value.as_object().is_some_and(|members| members.iter().len() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(candidate: &str) -> SearchEvidence {
        read(&Json::parse(candidate.as_bytes()).unwrap(), None)
    }

    #[test]
    fn queries_an_entry_point_or_a_call_show_a_search() {
        for candidate in [
            r#"{"groundingMetadata":{"webSearchQueries":["a"]}}"#,
            r#"{"groundingMetadata":{"webSearchQueries":[""]}}"#,
            r#"{"groundingMetadata":{"searchEntryPoint":{"renderedContent":"<a href='https://a.example'>"}}}"#,
            r#"{"content":{"parts":[{"toolCall":{"toolType":"GOOGLE_SEARCH_WEB"}},{"toolResponse":{}}]}}"#,
        ] {
            let evidence = seen(candidate);
            assert!(evidence.performed && !evidence.tool_traces && !evidence.has_sources, "{candidate}");
            assert!(evidence.citations.is_empty(), "{candidate}");
        }
    }

    #[test]
    fn what_is_no_evidence() {
        for candidate in [
            "{}",
            r#"{"groundingMetadata":null}"#,
            r#"{"citationMetadata":{"citationSources":[{"uri":"https://a.example/"}]}}"#,
        ] {
            assert_eq!(seen(candidate), SearchEvidence::default(), "{candidate}");
        }
        for candidate in [
            r#"{"groundingMetadata":{}}"#,
            r#"{"groundingMetadata":{"webSearchQueries":[],"searchEntryPoint":{},"retrievalMetadata":{}}}"#,
            r#"{"groundingMetadata":{"groundingChunks":[{}]}}"#,
        ] {
            let trace = SearchEvidence { tool_traces: true, ..SearchEvidence::default() };
            assert_eq!(seen(candidate), trace, "{candidate}");
        }
    }

    #[test]
    fn queries_are_told_once() {
        let evidence = seen(
            r#"{"content":{"parts":[{"toolCall":{"toolType":"GOOGLE_SEARCH_WEB","args":{"queries":["a","b"]}}}]},
                "groundingMetadata":{"webSearchQueries":["b","c","b",""]}}"#,
        );
        assert_eq!(evidence.queries, ["b", "c", "a"]);
    }

    #[test]
    fn other_tools_leave_traces() {
        for candidate in [
            r#"{"content":{"parts":[{"functionCall":{"name":"f"}}]}}"#,
            r#"{"content":{"parts":[{"toolCall":{"toolType":"FILE_SEARCH"}}]}}"#,
            r#"{"content":{"parts":[{"toolResponse":{}}]}}"#,
            r#"{"urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"https://a.example/"}]}}"#,
        ] {
            let evidence = seen(candidate);
            assert!(evidence.tool_traces && !evidence.performed, "{candidate}");
        }
        let counts = Json::parse(br#"{"toolUsePromptTokenCount":7}"#).unwrap();
        assert!(read(&Json::Null, Some(&counts)).tool_traces);
    }
}
