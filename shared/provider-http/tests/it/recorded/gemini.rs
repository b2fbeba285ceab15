//! Answers of generateContent, of either vendor, and its streams.

use std::collections::BTreeSet;
use std::error::Error;

use serde_json::Value;
use stet_domain::Provider;
use stet_provider::{Answer, Finish, SearchEvidence};
use stet_provider_http::{HeaderMap, gemini, vertex};

use super::case::Case;
use super::differences::{Differences, is_json};
use super::stream;

pub(super) fn compare(case: &Case, differences: &mut Differences) -> Result<(), Box<dyn Error>> {
    let decode = if case.google() == Provider::Vertex { vertex::decode } else { gemini::decode };
    let body = stream::joined(&case.body)?;
    match decode(case.status, &HeaderMap::new(), &body) {
        Err(failure) => differences.failure(&failure, &case.expect),
        Ok(read) => answer(&read, case, differences),
    }
    Ok(())
}

fn answer(answer: &Answer, case: &Case, differences: &mut Differences) {
    let expect = &case.expect;
    finish(&answer.finish, expect, differences);
    differences.same("text", answer.text.as_str(), case.text("text").unwrap_or_default());
    let observed = answer.observed.as_ref();
    let version = observed.map(|observed| observed.model_version.as_str());
    differences.same("model_version", version, case.text("model_version"));
    differences.same("raw version", answer.model_version_raw.as_deref(), case.text("model_version_raw"));
    let fingerprint = observed.and_then(|observed| observed.model_fingerprint.as_deref());
    differences.same("fingerprint", fingerprint, case.text("fingerprint"));
    differences.same("response_id", answer.response_id.as_deref(), case.text("response_id"));
    search(&answer.search, &expect["grounding"], differences);
    // Ours count what the tool brought as read and thoughts as written.
    let tokens = |key: &str| expect["tokens"][key].as_i64();
    let sum = |one: Option<i64>, other: Option<i64>| {
        (one.is_some() || other.is_some()).then(|| one.unwrap_or(0) + other.unwrap_or(0))
    };
    let usage = &answer.usage;
    for (field, read, expected) in [
        ("input tokens", usage.input, sum(tokens("input"), tokens("tool_use"))),
        ("output tokens", usage.output, sum(tokens("output"), tokens("thoughts"))),
        ("all tokens", sum(usage.input, usage.output), tokens("total")),
        ("cached tokens", usage.cached, tokens("cached")),
        ("reasoning tokens", usage.reasoning, tokens("thoughts")),
        ("tool tokens", usage.tool_use, tokens("tool_use")),
    ] {
        differences.same(field, read, expected);
    }
    if let Some(valid) = expect["json_valid"].as_bool() {
        differences.same("json_valid", is_json(&answer.text), valid);
    }
}

fn finish(finish: &Finish, expect: &Value, differences: &mut Differences) {
    let expected = expect["outcome"].as_str();
    let (outcomes, reason): (&[&str], _) = match finish {
        Finish::Complete => (&["ok"], None),
        Finish::Refused { reason } => (&["blocked_output", "blocked_prompt"], Some(reason)),
        Finish::Incomplete { reason } => (&["incomplete", "odd_finish"], Some(reason)),
        // Words that nothing says are all would be no answer; no words are none either way.
        Finish::Empty => (&["ok_no_text", "no_finish_reason"], None),
    };
    if !expected.is_some_and(|expected| outcomes.contains(&expected)) {
        differences.same("outcome", Some(outcomes[0]), expected);
    }
    let told = &expect["finish"];
    let told = told["blockReason"].as_str().or_else(|| told["normalised"].as_str());
    if let (Some(reason), Some(told)) = (reason, told) {
        differences.same("reason", reason.as_str(), told);
    }
}

fn search(search: &SearchEvidence, expected: &Value, differences: &mut Differences) {
    differences.same("search_performed", Some(search.performed), expected["search_performed"].as_bool());
    let grounded = search.performed && search.citations.iter().any(|citation| citation.class.counts());
    differences.same("grounded", Some(grounded), expected["grounded"].as_bool());
    let count = |key: &str| expected[key].as_u64().and_then(|count| usize::try_from(count).ok());
    // A page that several supports name is cited by each.
    let pages = |only_joined: bool| {
        let citations = search.citations.iter().filter(|citation| !only_joined || citation.span.is_some());
        citations.map(|citation| citation.url_raw.as_str()).collect::<BTreeSet<_>>().len()
    };
    differences.same("cited pages", Some(pages(false)), count("web_chunks"));
    if count("web_chunks") == count("chunks") {
        differences.same("joined pages", Some(pages(true)), count("cited_chunks"));
    }
    // Ours tell each query once, and none that is empty.
    if expected["metadata_present"] == true {
        differences.same(
            "queries",
            Some(!search.queries.is_empty()),
            count("queries").map(|count| count > 0),
        );
    }
}
