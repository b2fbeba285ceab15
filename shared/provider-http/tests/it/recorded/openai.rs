//! Answers of OpenAI's Responses API.

use stet_domain::code::ErrorCode;
use stet_provider::{Answer, Finish};
use stet_provider_http::HeaderMap;
use stet_provider_http::openai::decode;

use super::case::Case;
use super::differences::{Differences, is_json};

pub(super) fn compare(case: &Case, differences: &mut Differences) {
    match decode(case.status, &HeaderMap::new(), &case.body) {
        // An answer that has not ended is none: nothing of ours runs in the background.
        Err(failure) if case.text("outcome") == Some("pending") => {
            differences.same("outcome", failure.code, ErrorCode::ProviderBadAnswer);
        }
        Err(failure) => differences.failure(&failure, &case.expect),
        Ok(read) => answer(&read, case, differences),
    }
}

fn answer(answer: &Answer, case: &Case, differences: &mut Differences) {
    let expect = &case.expect;
    let outcome = match &answer.finish {
        Finish::Complete => "ok",
        Finish::Refused { .. } => "refusal",
        Finish::Incomplete { .. } => "incomplete",
        Finish::Empty => "ok_no_text",
    };
    differences.same("outcome", Some(outcome), case.text("outcome"));
    differences.same("text", Some(answer.text.as_str()), case.text("text"));
    let observed = answer.observed.as_ref();
    let version = observed.map(|observed| observed.model_version.as_str());
    differences.same("model_version", version, case.text("model_version"));
    let fingerprint = observed.and_then(|observed| observed.model_fingerprint.as_deref());
    differences.same("fingerprint", fingerprint, case.text("fingerprint"));
    differences.same("service_tier", answer.service_tier.as_deref(), case.text("service_tier"));
    match &answer.finish {
        Finish::Incomplete { reason } => {
            differences.same("reason", Some(reason.as_str()), expect["finish"]["incomplete_reason"].as_str());
        }
        Finish::Refused { reason } => {
            differences.same("refusal", Some(reason.as_str()), case.text("refusal"));
        }
        Finish::Complete | Finish::Empty => {}
    }
    let (search, expected) = (&answer.search, &expect["grounding"]);
    differences.same("search_performed", Some(search.performed), expected["search_performed"].as_bool());
    let grounded = search.performed && search.citations.iter().any(|citation| citation.class.counts());
    differences.same("grounded", Some(grounded), expected["grounded"].as_bool());
    differences.same("citations", u64::try_from(search.citations.len()).ok(), expected["citations"].as_u64());
    let usage = &answer.usage;
    for (field, read, key) in [
        ("input tokens", usage.input, "input"),
        ("output tokens", usage.output, "output"),
        ("cached tokens", usage.cached, "cached"),
        ("reasoning tokens", usage.reasoning, "reasoning"),
    ] {
        differences.same(field, read, expect["tokens"][key].as_i64());
    }
    if let Some(valid) = expect["json_valid"].as_bool() {
        let read = is_json(&answer.text) || answer.last_message_text.as_deref().is_some_and(is_json);
        differences.same("json_valid", read, valid);
    }
}
