//! From a reply's bytes to an answer or a named failure.

use reqwest::header::HeaderMap;
use stet_domain::Json;
use stet_domain::lock::Observation;
use stet_domain::usage::TokenUsage;
use stet_provider::{Answer, Failure, Finish};

use super::errors::{self, ErrorBody};
use super::{echo, search, words};
use crate::failure::bad_answer;
use crate::fields::{bounded, integer, text};

/// Characters of a refusal or of a vendor's reason that an answer keeps.
const REASON_MAX_CHARS: usize = 1_000;

/// Reads a whole reply of `POST /v1/responses`.
///
/// Lenient in what it takes (fields may be absent, of new kinds or null), strict in what it gives: a reply that does not
/// tell how it ended, or says that it ended well and has no output, is no answer (providers.md, Decoding 1 to 6).
///
/// # Errors
/// The failure that the status, the error code or the unreadable body stands for.
pub fn decode(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::of_status(status, headers, body));
    }
    let document = Json::parse(body).map_err(|refusal| bad_answer(&refusal.to_string()))?;
    if document.as_object().is_none() {
        return Err(bad_answer(&format!("the body is a {}, not an object", document.type_name())));
    }
    let output = document.get("output").and_then(Json::as_array);
    match (text(&document, "status"), output) {
        (Some("failed"), _) => {
            let error = document.get("error").map_or_else(ErrorBody::default, ErrorBody::of);
            Err(errors::of_failed(&error, headers))
        }
        (Some(ended @ ("completed" | "incomplete")), Some(output)) => Ok(answer(&document, ended, output)),
        (Some("completed" | "incomplete"), None) => Err(bad_answer("the answer has no `output`")),
        (Some(other), _) => Err(bad_answer(&format!("the answer's status is {other:?}, which is no end"))),
        (None, _) => Err(bad_answer("the answer has no `status`")),
    }
}

fn answer(document: &Json, ended: &str, output: &[Json]) -> Answer {
    let messages = words::messages(output);
    let words = words::read(&messages);
    let finish = if ended == "incomplete" {
        let reason = document.get("incomplete_details").and_then(|details| text(details, "reason"));
        Finish::Incomplete { reason: bounded(reason.unwrap_or("no reason told"), REASON_MAX_CHARS) }
    } else if let Some(refusal) = &words.refusal {
        Finish::Refused { reason: bounded(refusal, REASON_MAX_CHARS) }
    } else if words.text.trim().is_empty() {
        Finish::Empty
    } else {
        Finish::Complete
    };
    let model = text(document, "model").filter(|model| !model.is_empty());
    let fingerprint = text(document, "system_fingerprint").filter(|fingerprint| !fingerprint.is_empty());
    Answer {
        finish,
        text: words.text,
        last_message_text: words.last_message_text,
        observed: model.map(|model| Observation {
            model_version: model.strip_prefix("models/").unwrap_or(model).to_owned(),
            model_fingerprint: fingerprint.map(str::to_owned),
        }),
        model_version_raw: model.map(str::to_owned),
        service_tier: text(document, "service_tier").map(str::to_owned),
        echo: echo::read(document),
        search: search::read(output, &messages, document.get("tool_usage")),
        usage: usage(document.get("usage")),
        response_id: text(document, "id").map(str::to_owned),
    }
}

fn usage(usage: Option<&Json>) -> TokenUsage {
    let Some(usage) = usage else { return TokenUsage::default() };
    let detail = |details: &str, key: &str| usage.get(details).and_then(|details| integer(details, key));
    TokenUsage {
        input: integer(usage, "input_tokens"),
        output: integer(usage, "output_tokens"),
        cached: detail("input_tokens_details", "cached_tokens"),
        reasoning: detail("output_tokens_details", "reasoning_tokens"),
        tool_use: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stet_domain::code::ErrorCode;
    use stet_provider::FailureClass;

    fn read(body: &str) -> Result<Answer, Failure> {
        decode(200, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn what_tells_no_end_is_no_answer() {
        for (body, says) in [
            ("", "JSON_SYNTAX"),
            ("[]", "array"),
            ("{}", "no `status`"),
            (r#"{"status":"completed"}"#, "no `output`"),
            (r#"{"status":"queued","output":[]}"#, "queued"),
            (r#"{"status":"completed","status":"failed"}"#, "JSON_DUPLICATE_KEY"),
        ] {
            let failure = read(body).unwrap_err();
            assert_eq!(
                (failure.code, failure.class),
                (ErrorCode::ProviderBadAnswer, FailureClass::Final),
                "{body}"
            );
            assert!(failure.detail.contains(says), "{body}: {}", failure.detail);
        }
        let failure = decode(200, &HeaderMap::new(), b"{\"status\":\"\xff\"}").unwrap_err();
        assert!(failure.detail.contains("INVALID_UTF8"), "{}", failure.detail);
    }

    #[test]
    fn the_least_answer_has_nothing_that_was_not_told() {
        let answer = read(r#"{"status":"completed","output":[]}"#).unwrap();
        assert_eq!(answer.finish, Finish::Empty);
        assert_eq!((answer.observed, answer.model_version_raw, answer.echo), (None, None, None));
        assert_eq!(answer.usage, TokenUsage::default());
    }

    #[test]
    fn the_version_is_what_answered_and_a_fingerprint_is_kept_where_offered() {
        let answer = read(
            r#"{"status":"completed","output":[],"model":"models/gpt-x","system_fingerprint":"fp_1","service_tier":"default"}"#,
        )
        .unwrap();
        let observed = answer.observed.unwrap();
        assert_eq!(
            (observed.model_version.as_str(), observed.model_fingerprint.as_deref()),
            ("gpt-x", Some("fp_1"))
        );
        assert_eq!(answer.model_version_raw.as_deref(), Some("models/gpt-x"));
    }

    #[test]
    fn an_early_end_comes_before_an_empty_text_and_a_refusal() {
        let answer =
            read(r#"{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]}"#)
                .unwrap();
        assert_eq!(answer.finish, Finish::Incomplete { reason: "content_filter".into() });
    }
}
