//! From a reply's bytes to an answer or a named failure.

use reqwest::header::HeaderMap;
use stet_domain::lock::Observation;
use stet_domain::{Json, Provider};
use stet_provider::{Answer, Failure};

use super::{errors, evidence, finish, usage};
use crate::failure::bad_answer;
use crate::fields::{list, text};

/// Any of these shows that a body without a candidate is still an answer.
const SIGNS: [&str; 4] = ["promptFeedback", "usageMetadata", "modelVersion", "responseId"];

/// Reads a whole reply of `generateContent`.
///
/// Lenient in what it takes (fields may be absent, of new kinds or null), strict in what it gives: words that come without a
/// finish reason may have been cut and are no answer (providers.md, Decoding 1 to 6).
///
/// # Errors
/// The failure that the status, the error's status and details or the unreadable body stands for.
pub(crate) fn decode(
    provider: Provider,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Failure> {
    if !(200..300).contains(&status) {
        return Err(errors::of_status(provider, status, headers, body));
    }
    let document = Json::parse(body).map_err(|refusal| bad_answer(&refusal.to_string()))?;
    if document.as_object().is_none() {
        return Err(bad_answer(&format!("the body is a {}, not an object", document.type_name())));
    }
    // Only the first of several candidates is judged (providers-wire.md §4).
    let candidate = list(&document, "candidates").first();
    if candidate.is_none() {
        if let Some(error) = document.get("error").filter(|error| error.as_object().is_some()) {
            return Err(errors::of_error(provider, error, headers));
        }
        if !SIGNS.iter().any(|sign| document.get(sign).is_some()) {
            return Err(bad_answer("the answer has no `candidates`"));
        }
    }
    answer(provider, &document, candidate)
}

fn answer(provider: Provider, document: &Json, candidate: Option<&Json>) -> Result<Answer, Failure> {
    let words = candidate.map(words).unwrap_or_default();
    let finish = finish::read(provider, document, candidate, &words)
        .ok_or_else(|| bad_answer("the answer has words and no `finishReason`"))?;
    let counts = document.get("usageMetadata");
    let version = text(document, "modelVersion").filter(|version| !version.is_empty());
    Ok(Answer {
        finish,
        text: words,
        last_message_text: None,
        observed: version.map(|version| Observation {
            model_version: version.strip_prefix("models/").unwrap_or(version).to_owned(),
            model_fingerprint: None,
        }),
        model_version_raw: version.map(str::to_owned),
        service_tier: counts.and_then(usage::service_tier).map(str::to_owned),
        echo: None,
        search: candidate.map(|candidate| evidence::read(candidate, counts)).unwrap_or_default(),
        usage: counts.map(usage::read).unwrap_or_default(),
        response_id: text(document, "responseId").map(str::to_owned),
    })
}

/// The text parts that are no thoughts, joined.
fn words(candidate: &Json) -> String {
    parts(candidate)
        .iter()
        .filter(|part| part.get("thought").and_then(Json::as_bool) != Some(true))
        .filter_map(|part| text(part, "text"))
        .collect()
}

/// The parts of a candidate.
pub(super) fn parts(candidate: &Json) -> &[Json] {
    candidate.get("content").map(|content| list(content, "parts")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stet_domain::code::ErrorCode;
    use stet_domain::usage::TokenUsage;
    use stet_provider::{FailureClass, Finish, SearchEvidence};

    fn read(body: &str) -> Result<Answer, Failure> {
        decode(Provider::Gemini, 200, &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn what_tells_no_end_is_no_answer() {
        for (body, says) in [
            ("", "JSON_SYNTAX"),
            ("[]", "array"),
            ("{}", "no `candidates`"),
            (r#"{"candidates":"x"}"#, "no `candidates`"),
            (r#"{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}"#, "no `finishReason`"),
            (r#"{"modelVersion":"a","modelVersion":"b"}"#, "JSON_DUPLICATE_KEY"),
        ] {
            let failure = read(body).unwrap_err();
            assert_eq!(
                (failure.code, failure.class),
                (ErrorCode::ProviderBadAnswer, FailureClass::Final),
                "{body}"
            );
            assert!(failure.detail.contains(says), "{body}: {}", failure.detail);
        }
        let failure = decode(Provider::Vertex, 200, &HeaderMap::new(), b"{\"a\":\"\xff\"}").unwrap_err();
        assert!(failure.detail.contains("INVALID_UTF8"), "{}", failure.detail);
    }

    #[test]
    fn an_error_inside_a_200_is_classified_like_its_status() {
        let failure =
            read(r#"{"error":{"code":503,"status":"UNAVAILABLE","message":"overloaded"}}"#).unwrap_err();
        assert_eq!((failure.code, failure.class), (ErrorCode::ProviderServerError, FailureClass::Retryable));
    }

    #[test]
    fn thoughts_and_new_kinds_of_parts_are_no_text() {
        let answer = read(
            r#"{"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"a","thought":false},
                {"newKind":{}},7,{"text":"b","thoughtSignature":"x"}]},"finishReason":"STOP"},
                {"content":{"parts":[{"text":"other"}]},"finishReason":"STOP"}]}"#,
        )
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.finish), ("ab", Finish::Complete));
        assert_eq!(answer.search, SearchEvidence::default());
    }

    #[test]
    fn the_least_answer_has_nothing_that_was_not_told() {
        let answer = read(r#"{"candidates":[{}]}"#).unwrap();
        assert_eq!(answer.finish, Finish::Empty);
        assert_eq!((answer.observed, answer.model_version_raw, answer.echo), (None, None, None));
        assert_eq!(answer.usage, TokenUsage::default());
    }

    #[test]
    fn one_leading_prefix_is_stripped_from_the_version() {
        let answer = read(r#"{"modelVersion":"models/models/m","candidates":[]}"#).unwrap();
        assert_eq!(answer.observed.unwrap().model_version, "models/m");
        assert_eq!(answer.model_version_raw.as_deref(), Some("models/models/m"));
        assert_eq!(answer.finish, Finish::Empty);
    }
}
