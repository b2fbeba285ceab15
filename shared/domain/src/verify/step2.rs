//! Verification of what a reshaping step was given.

use stet_canon::Json;

use super::{Disagreement, holds};

/// Holds the text of step 1 against the request that it was put into, in no vendor's form: one of the strings of that request is the text.
///
/// `step2` is the place and the body of the request of the reshaping step, where the recorded attempt has one.
///
/// # Errors
/// The [`Disagreement`]: the request, or `step1_text` where there is the one without the other.
pub fn verify_step2(step1_text: Option<&[u8]>, step2: Option<(usize, &[u8])>) -> Result<(), Disagreement> {
    match (step1_text, step2) {
        (None, None) => Ok(()),
        (Some(text), Some((place, request))) => {
            holds(format!("exchanges/{place}/request_body"), holds_text(request, text), || {
                "none of its strings is the text of step 1".to_owned()
            })
        }
        (Some(_), None) => {
            holds("step1_text", false, || "it is stored, and no reshaping step was asked".to_owned())
        }
        (None, Some(_)) => {
            holds("step1_text", false, || "a reshaping step was asked, and it is not stored".to_owned())
        }
    }
}

fn holds_text(request: &[u8], text: &[u8]) -> bool {
    Json::parse(request).is_ok_and(|request| says(&request, text))
}

fn says(json: &Json, text: &[u8]) -> bool {
    match json {
        Json::String(said) => said.as_bytes() == text,
        Json::Array(elements) => elements.iter().any(|element| says(element, text)),
        Json::Object(members) => members.iter().any(|(_, value)| says(value, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_one_of_the_strings_of_the_request() {
        let text = "Oslo.\n\u{1F600} \"yes\"".as_bytes();
        let request = br#"{"contents":[{"parts":[{"text":"Oslo.\n\ud83d\ude00 \"yes\""}]}],"n":1}"#;
        assert_eq!(verify_step2(Some(text), Some((1, request))), Ok(()));
        assert_eq!(verify_step2(None, None), Ok(()));
        let named =
            |text: Option<&[u8]>, step2: Option<(usize, &[u8])>| verify_step2(text, step2).unwrap_err().field;
        assert_eq!(named(Some(b"Oslo"), Some((1, request))), "exchanges/1/request_body");
        assert_eq!(named(Some(b"contents"), Some((2, request))), "exchanges/2/request_body");
        assert_eq!(named(Some(text), Some((1, b"{"))), "exchanges/1/request_body");
        assert_eq!(named(Some(text), None), "step1_text");
        assert_eq!(named(None, Some((1, request))), "step1_text");
    }
}
