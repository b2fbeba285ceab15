//! Lists of models.

use std::error::Error;

use serde_json::{Value, json};
use stet_domain::versions::Listing;
use stet_provider_http::{HeaderMap, gemini, openai};

use super::case::Case;
use super::differences::Differences;

pub(super) fn compare(case: &Case, differences: &mut Differences) -> Result<(), Box<dyn Error>> {
    let headers = HeaderMap::new();
    let read = if case.is_google() {
        match gemini::decode_listing(case.status, &headers, &case.body) {
            Ok(gemini::Page::Part { models, next, .. }) => Ok((models.len(), next.is_some())),
            Ok(gemini::Page::NotModified) => Ok((0, false)),
            Err(failure) => Err(failure),
        }
    } else {
        match openai::decode_listing(case.status, &headers, &listed(&case.body)?) {
            Ok(Listing::Fresh { models, .. }) => Ok((models.len(), false)),
            Ok(Listing::NotModified) => Ok((0, false)),
            Err(failure) => Err(failure),
        }
    };
    match read {
        Ok((count, has_next)) => {
            differences.same("outcome", Some("ok"), case.text("outcome"));
            differences.same("count", u64::try_from(count).ok(), case.expect["count"].as_u64());
            differences.same("has_next", has_next, case.expect["has_next"] == true);
        }
        Err(failure) => differences.error(&failure.detail, &case.expect),
    }
    Ok(())
}

/// A single model is read as a list of one.
fn listed(body: &[u8]) -> serde_json::Result<Vec<u8>> {
    let json: Value = serde_json::from_slice(body)?;
    if json["object"] == "model" { serde_json::to_vec(&json!({"data": [json]})) } else { Ok(body.to_vec()) }
}
