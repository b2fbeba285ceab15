//! How an answer ended (providers.md, Decoding 3).

use stet_domain::{Json, Provider};
use stet_provider::Finish;

use crate::fields::bounded;

/// Characters of a vendor's reason that an answer keeps.
const REASON_MAX_CHARS: usize = 1_000;

/// Stands for the value 0 of either enum.
const UNSPECIFIED: &str = "UNSPECIFIED";

/// Finish reasons by which the model or a filter declined; every other but STOP says that the answer stopped early.
const DECLINED: [&str; 13] = [
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
    "MODEL_ARMOR",
    "JAILBREAK",
    "PUP_LIMITED_DISABLED",
    "ESCALATION",
];

/// The names of the numbers that some clients ask for instead of names, as `google.ai.generativelanguage` counts them.
const GEMINI_NUMBERS: [&str; 11] = [
    UNSPECIFIED,
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "LANGUAGE",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
];

/// The same, as `google.cloud.aiplatform` counts them.
const VERTEX_NUMBERS: [&str; 11] = [
    UNSPECIFIED,
    "STOP",
    "MAX_TOKENS",
    "SAFETY",
    "RECITATION",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "MODEL_ARMOR",
];

/// The names of block reasons, which both count alike as far as here.
const BLOCK_NUMBERS: [&str; 5] = [UNSPECIFIED, "SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT"];

/// How the answer ended; `None` where there are words and nothing says that they are all.
pub(super) fn read(
    provider: Provider,
    document: &Json,
    candidate: Option<&Json>,
    words: &str,
) -> Option<Finish> {
    if let Some(reason) = block_reason(document, candidate.is_none()) {
        return Some(Finish::Refused { reason });
    }
    let numbers = if provider == Provider::Vertex { &VERTEX_NUMBERS } else { &GEMINI_NUMBERS };
    let reason = candidate.and_then(|candidate| name(candidate.get("finishReason")?, numbers));
    match reason.as_deref() {
        None | Some("STOP") if words.trim().is_empty() => Some(Finish::Empty),
        None => None,
        Some("STOP") => Some(Finish::Complete),
        Some(declined) if DECLINED.contains(&declined) => {
            Some(Finish::Refused { reason: declined.to_owned() })
        }
        Some(early) => Some(Finish::Incomplete { reason: early.to_owned() }),
    }
}

/// Why the prompt was blocked; a message without a reason is one where nothing was answered.
fn block_reason(document: &Json, nothing_answered: bool) -> Option<String> {
    let feedback = document.get("promptFeedback")?;
    let reason = feedback.get("blockReason").and_then(|reason| name(reason, &BLOCK_NUMBERS));
    let message = || feedback.get("blockReasonMessage").and_then(|message| name(message, &[]));
    reason.or_else(|| message().filter(|_| nothing_answered))
}

/// An enum's name; a number that none is known of stays a number.
fn name(value: &Json, numbers: &[&str]) -> Option<String> {
    let told = match value {
        Json::String(name) => name.as_str(),
        Json::Number(number) => number
            .to_u64()
            .and_then(|number| numbers.get(usize::try_from(number).ok()?).copied())
            .unwrap_or(number.as_str()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => return None,
    };
    let is_told = !told.is_empty() && !told.ends_with(UNSPECIFIED);
    is_told.then(|| bounded(told, REASON_MAX_CHARS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(provider: Provider, finish_reason: &str, words: &str) -> Option<Finish> {
        let candidate = Json::parse(format!(r#"{{"finishReason":{finish_reason}}}"#).as_bytes()).unwrap();
        read(provider, &Json::Null, Some(&candidate), words)
    }

    #[test]
    fn names_and_numbers_end_alike() {
        let refused = |reason: &str| Some(Finish::Refused { reason: reason.into() });
        let incomplete = |reason: &str| Some(Finish::Incomplete { reason: reason.into() });
        for (told, gemini, vertex) in [
            (r#""STOP""#, Some(Finish::Complete), Some(Finish::Complete)),
            ("1", Some(Finish::Complete), Some(Finish::Complete)),
            ("2", incomplete("MAX_TOKENS"), incomplete("MAX_TOKENS")),
            ("3", refused("SAFETY"), refused("SAFETY")),
            ("6", refused("LANGUAGE"), refused("BLOCKLIST")),
            ("10", incomplete("MALFORMED_FUNCTION_CALL"), refused("MODEL_ARMOR")),
            ("99", incomplete("99"), incomplete("99")),
            ("-1", incomplete("-1"), incomplete("-1")),
            (r#""OF_2030""#, incomplete("OF_2030"), incomplete("OF_2030")),
            (r#""MODEL_ARMOR""#, refused("MODEL_ARMOR"), refused("MODEL_ARMOR")),
            (r#""FINISH_REASON_UNSPECIFIED""#, None, None),
            ("0", None, None),
            ("{}", None, None),
        ] {
            assert_eq!(ended(Provider::Gemini, told, "a"), gemini, "{told}");
            assert_eq!(ended(Provider::Vertex, told, "a"), vertex, "{told}");
        }
    }

    #[test]
    fn an_end_without_words_is_empty_unless_it_says_why() {
        assert_eq!(ended(Provider::Gemini, r#""STOP""#, " \n"), Some(Finish::Empty));
        assert_eq!(ended(Provider::Gemini, "null", ""), Some(Finish::Empty));
        let early = Finish::Incomplete { reason: "MAX_TOKENS".into() };
        assert_eq!(ended(Provider::Gemini, r#""MAX_TOKENS""#, ""), Some(early));
    }

    #[test]
    fn a_blocked_prompt_is_refused_with_its_reason() {
        let blocked = |feedback: &str| {
            let document = format!(r#"{{"promptFeedback":{feedback}}}"#);
            read(Provider::Gemini, &Json::parse(document.as_bytes()).unwrap(), None, "")
        };
        let refused = |reason: &str| Some(Finish::Refused { reason: reason.into() });
        assert_eq!(blocked(r#"{"blockReason":"JAILBREAK"}"#), refused("JAILBREAK"));
        assert_eq!(blocked(r#"{"blockReason":4}"#), refused("PROHIBITED_CONTENT"));
        assert_eq!(blocked(r#"{"blockReasonMessage":"No."}"#), refused("No."));
        assert_eq!(blocked(r#"{"safetyRatings":[]}"#), Some(Finish::Empty));
    }
}
