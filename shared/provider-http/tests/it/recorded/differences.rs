//! Where a reading differs from what is expected.

use std::fmt::Debug;

use serde_json::Value;
use stet_provider::{Failure, FailureClass};

/// One field that differs.
pub(super) struct Difference {
    pub(super) field: &'static str,
    pub(super) read: String,
    pub(super) expected: String,
}

/// All fields of an answer that differ.
#[derive(Default)]
pub(super) struct Differences(pub(super) Vec<Difference>);

impl Differences {
    /// Notes the field unless both are the same.
    pub(super) fn same<T: PartialEq + Debug + Copy>(&mut self, field: &'static str, read: T, expected: T) {
        if read != expected {
            self.0.push(Difference { field, read: format!("{read:?}"), expected: format!("{expected:?}") });
        }
    }

    /// Notes how a failure differs from an expected error.
    pub(super) fn failure(&mut self, failure: &Failure, expect: &Value) {
        let again = matches!(failure.class, FailureClass::Retryable | FailureClass::RateLimited);
        if let Some(expected) = expect["retryable"].as_bool() {
            self.same("retryable", again, expected);
        }
        self.error(&failure.detail, expect);
    }

    /// Notes an error that was not expected, or that does not repeat the vendor's words.
    pub(super) fn error(&mut self, detail: &str, expect: &Value) {
        self.same("outcome", Some("error"), expect["outcome"].as_str());
        let message = expect["error"]["message"].as_str().unwrap_or_default();
        // A failure keeps the words on one line, and not all of very many.
        let words: String = message.chars().take(500).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if !detail.contains(&words) {
            self.0.push(Difference { field: "error", read: detail.to_owned(), expected: words });
        }
    }
}

/// Whether a text is JSON.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}
