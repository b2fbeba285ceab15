//! Chat Completions, which Stet does not speak: read here to show that fingerprints are an interface's property.

use std::error::Error;

use serde_json::Value;
use stet_provider_http::HeaderMap;
use stet_provider_http::openai::decode;

use super::case::Case;
use super::differences::Differences;

pub(super) fn compare(case: &Case, differences: &mut Differences) -> Result<(), Box<dyn Error>> {
    let expect = &case.expect;
    if case.status >= 400 {
        // Errors are those of all of the vendor's interfaces.
        match decode(case.status, &HeaderMap::new(), &case.body) {
            Err(failure) => differences.failure(&failure, expect),
            Ok(_) => differences.same("outcome", Some("ok"), case.text("outcome")),
        }
        return Ok(());
    }
    let body: Value = serde_json::from_slice(&case.body)?;
    let choice = &body["choices"][0];
    let message = &choice["message"];
    differences.same("outcome", Some("ok"), case.text("outcome"));
    differences.same("finish", choice["finish_reason"].as_str(), case.text("finish"));
    differences.same("text", message["content"].as_str(), case.text("text"));
    differences.same("refusal", message["refusal"].as_str(), case.text("refusal"));
    differences.same("model_version", body["model"].as_str(), case.text("model_version"));
    differences.same("fingerprint", body["system_fingerprint"].as_str(), case.text("fingerprint"));
    let present = body.get("system_fingerprint").is_some();
    differences.same("fingerprint_present", Some(present), expect["fingerprint_present"].as_bool());
    let annotations = message["annotations"].as_array().map_or(0, |annotations| {
        annotations.iter().filter(|annotation| annotation["type"] == "url_citation").count()
    });
    differences.same("citations", u64::try_from(annotations).ok(), expect["grounding"]["citations"].as_u64());
    for (field, key, name) in [
        ("input tokens", "prompt_tokens", "input"),
        ("output tokens", "completion_tokens", "output"),
        ("all tokens", "total_tokens", "total"),
    ] {
        differences.same(field, body["usage"][key].as_i64(), expect["tokens"][name].as_i64());
    }
    Ok(())
}
