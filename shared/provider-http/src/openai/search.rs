//! What an answer shows of searching (providers.md, "Evidence of grounding").

use stet_domain::Json;
use stet_domain::citation::{Citation, CitationClass};
use stet_domain::link::{domain, without_tracking};
use stet_provider::SearchEvidence;

use crate::fields::{distinct, integer, list, text};

/// Output items that show no tool at work.
const TOOL_LESS: [&str; 3] = ["message", "reasoning", "compaction"];

/// Reads the searches among `output` and the citations of the `messages` that count; `usage` is the body's `tool_usage`.
pub(super) fn read(output: &[Json], messages: &[&Json], usage: Option<&Json>) -> SearchEvidence {
    let mut evidence = SearchEvidence::default();
    let mut searches = 0_usize;
    let mut queries = Vec::new();
    for item in output {
        match text(item, "type") {
            Some("web_search_call") => {
                searches += 1;
                queries.extend(search(item, &mut evidence));
            }
            Some(other) if !TOOL_LESS.contains(&other) => evidence.tool_traces = true,
            Some(_) | None => {}
        }
    }
    let billed =
        usage.and_then(|usage| usage.get("web_search")).and_then(|search| integer(search, "num_requests"));
    evidence.tool_traces |= searches == 0 && billed.is_some_and(|requests| requests > 0);
    evidence.queries = distinct(queries);
    evidence.failed = searches > 0 && !evidence.performed;
    evidence.citations = messages.iter().flat_map(|message| citations(message)).collect();
    evidence.has_sources |= !evidence.citations.is_empty();
    evidence
}

/// One search, and its queries; a status of `searching` in an answer that is over counts as performed.
fn search<'a>(item: &'a Json, evidence: &mut SearchEvidence) -> Vec<&'a str> {
    if matches!(text(item, "status"), Some("failed" | "incomplete")) {
        return Vec::new();
    }
    evidence.performed = true;
    evidence.has_sources |= !list(item, "results").is_empty();
    let Some(action) = item.get("action") else { return Vec::new() };
    evidence.has_sources |= !list(action, "sources").is_empty();
    let queries = list(action, "queries");
    queries
        .iter()
        .filter_map(Json::as_str)
        .chain(text(action, "query").filter(|_| queries.is_empty()))
        .collect()
}

fn citations(message: &Json) -> Vec<Citation> {
    let mut found = Vec::new();
    for part in list(message, "content") {
        let said = text(part, "text").unwrap_or_default();
        for annotation in list(part, "annotations") {
            if text(annotation, "type") != Some("url_citation") {
                continue;
            }
            let Some(url_raw) = text(annotation, "url").filter(|url| !url.is_empty()) else { continue };
            found.push(Citation {
                url_raw: url_raw.to_owned(),
                url: without_tracking(url_raw),
                title: text(annotation, "title").map(str::to_owned),
                domain: domain(url_raw),
                class: CitationClass::WebPage,
                span: span(said, annotation),
            });
        }
    }
    found
}

/// The cited stretch of the text; its offsets count code points, and some are wrong: those give nothing.
fn span(said: &str, annotation: &Json) -> Option<String> {
    let start = usize::try_from(integer(annotation, "start_index")?).ok()?;
    let end = usize::try_from(integer(annotation, "end_index")?).ok()?;
    let length = end.checked_sub(start)?;
    let stretch: String = said.chars().skip(start).take(length).collect();
    (length > 0 && stretch.chars().count() == length).then_some(stretch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(output: &str) -> SearchEvidence {
        let output = Json::parse(output.as_bytes()).unwrap();
        let output = output.as_array().unwrap();
        read(output, &super::super::words::messages(output), None)
    }

    #[test]
    fn a_search_that_is_still_searching_counts_and_a_failed_one_does_not() {
        let seen_as = |status: &str| seen(&format!(r#"[{{"type":"web_search_call","status":"{status}"}}]"#));
        for status in ["completed", "searching", "in_progress", "new"] {
            let evidence = seen_as(status);
            assert!(evidence.performed && !evidence.failed, "{status}");
        }
        for status in ["failed", "incomplete"] {
            let evidence = seen_as(status);
            assert!(!evidence.performed && evidence.failed, "{status}");
        }
    }

    #[test]
    fn queries_are_told_once_and_the_old_spelling_only_alone() {
        let evidence = seen(
            r#"[{"type":"web_search_call","status":"completed","action":{"type":"search","queries":["a","b"],"query":"a"}},
                {"type":"web_search_call","status":"completed","action":{"type":"search","query":"b","sources":[{"type":"api"}]}}]"#,
        );
        assert_eq!(evidence.queries, ["a", "b"]);
        assert!(evidence.has_sources);
    }

    #[test]
    fn offsets_count_code_points() {
        let evidence = seen(
            r#"[{"type":"message","content":[{"type":"output_text","text":"né 😀 (x)","annotations":[
                {"type":"url_citation","start_index":5,"end_index":8,"url":"https://a.example/?utm_source=openai","title":"A"},
                {"type":"url_citation","start_index":5,"end_index":80,"url":"https://b.example/"},
                {"type":"file_citation"}]}]}]"#,
        );
        assert_eq!(evidence.citations.len(), 2);
        assert_eq!(evidence.citations[0].span.as_deref(), Some("(x)"));
        assert_eq!(evidence.citations[0].url, "https://a.example/");
        assert_eq!(evidence.citations[0].domain.as_deref(), Some("a.example"));
        assert_eq!(evidence.citations[1].span, None);
        assert!(!evidence.performed, "a citation alone is no search");
    }

    #[test]
    fn other_tools_leave_traces() {
        assert!(seen(r#"[{"type":"function_call"}]"#).tool_traces);
        assert!(!seen(r#"[{"type":"reasoning"},{"type":"message"}]"#).tool_traces);
    }
}
