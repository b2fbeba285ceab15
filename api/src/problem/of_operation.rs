//! What an operation refused or failed with, as a problem.

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use stet_domain::causes::with_causes;
use stet_domain::code::ErrorCode;
use stet_ops::OpError;

use super::{Problem, RETRY_AFTER_SECONDS};

impl From<OpError> for Problem {
    fn from(error: OpError) -> Self {
        let code = error.code();
        match error {
            OpError::NotFound { what } => Self::not_found(what),
            OpError::Validation(errors) => Self::validation(errors),
            OpError::IdempotencyMismatch { stored, sent } => {
                let detail = if stored == sent {
                    "the Idempotency-Key was used with another method, path or query"
                } else {
                    "the Idempotency-Key was used with another body; `patch` leads from the stored one to the one sent"
                };
                Self { patch: patch_between(&stored, &sent), ..Self::new(code, detail) }
            }
            OpError::IdempotencyInProgress => {
                Self { retry_after: Some(RETRY_AFTER_SECONDS), ..Self::new(code, error.to_string()) }
            }
            OpError::Unauthenticated
            | OpError::Forbidden { .. }
            | OpError::PlanMismatch { .. }
            | OpError::BatchState { .. }
            | OpError::ScheduleState { .. }
            | OpError::ResumeRefused { .. } => Self::new(code, error.to_string()),
            OpError::VersionsUnavailable(_) => {
                log(&error);
                Self::new(code, error.to_string())
            }
            OpError::Coordination(_) | OpError::Store(_) | OpError::Internal { .. } => {
                log(&error);
                if code == ErrorCode::Unavailable {
                    Self::unavailable("the database cannot serve now")
                } else {
                    Self::internal()
                }
            }
        }
    }
}

/// Two audiences: the client's text is the problem's, the log has the whole chain.
fn log(error: &OpError) {
    tracing::error!(code = %error.code(), error = with_causes(error), "an operation failed");
}

/// The RFC 6902 patch between two canonical documents; nothing where either cannot be read.
pub(crate) fn patch_between(from: &[u8], to: &[u8]) -> Option<Box<RawValue>> {
    let from: Value = serde_json::from_slice(from).ok()?;
    let to: Value = serde_json::from_slice(to).ok()?;
    to_raw_value(&json_patch::diff(&from, &to)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_mismatch_shows_what_was_sent_and_no_stored_value() {
        let stored = br#"{"a":1,"secret":"old"}"#.to_vec();
        let sent = br#"{"a":2}"#.to_vec();
        let problem = Problem::from(OpError::IdempotencyMismatch { stored, sent });
        assert_eq!(problem.status().as_u16(), 409);
        let patch: Value = serde_json::from_str(problem.patch.unwrap().get()).unwrap();
        assert_eq!(
            patch,
            serde_json::json!([
                {"op": "replace", "path": "/a", "value": 2},
                {"op": "remove", "path": "/secret"},
            ])
        );
    }

    /// Documents as they are submitted: nested, with keys that need escapes in a pointer.
    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-5_i64..5).prop_map(Value::from),
            "[a-c~/\u{e4}]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c~/]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Every value that stands somewhere in the document.
    fn parts(document: &Value) -> Vec<&Value> {
        let mut all = vec![document];
        match document {
            Value::Array(elements) => all.extend(elements.iter().flat_map(parts)),
            Value::Object(members) => all.extend(members.values().flat_map(parts)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        all
    }

    proptest! {
        #[test]
        fn the_patch_leads_from_stored_to_sent_and_holds_only_what_was_sent(stored in document(), sent in document()) {
            let bytes = |document: &Value| serde_json::to_vec(document).unwrap();
            let patch = patch_between(&bytes(&stored), &bytes(&sent)).unwrap();
            let steps: Value = serde_json::from_str(patch.get()).unwrap();
            let mut patched = stored.clone();
            let read: json_patch::Patch = serde_json::from_str(patch.get()).unwrap();
            json_patch::patch(&mut patched, &read).unwrap();
            prop_assert_eq!(patched, sent.clone());
            let of_sent = parts(&sent);
            for step in steps.as_array().unwrap() {
                if let Some(value) = step.get("value") {
                    prop_assert!(of_sent.contains(&value), "{value} was not sent");
                }
            }
        }
    }

    #[test]
    fn numbers_beyond_floats_differ_exactly() {
        let big = b"[12345678901234567890.000001]";
        assert_eq!(patch_between(big, big).unwrap().get(), "[]");
        assert!(
            patch_between(big, b"[12345678901234567890.000002]")
                .unwrap()
                .get()
                .contains("12345678901234567890.000002")
        );
    }

    #[test]
    fn a_database_that_cannot_serve_is_503_with_a_time_to_come_back() {
        let source = std::io::Error::other("disk full at /secret/path").into();
        let detail = "disk full".to_owned();
        let problem = Problem::from(OpError::Store(stet_store::StoreError::Unavailable { detail, source }));
        assert_eq!((problem.status().as_u16(), problem.retry_after), (503, Some(RETRY_AFTER_SECONDS)));
        assert!(!problem.detail.contains("disk"));
        let pending = Problem::from(OpError::Store(stet_store::StoreError::PendingMigrations { pending: 1 }));
        assert_eq!(pending.status().as_u16(), 503);
    }

    #[test]
    fn a_failure_says_nothing_of_its_cause() {
        let error = OpError::Internal { what: "reading", detail: "row 7 of a secret table".to_owned() };
        let problem = Problem::from(error);
        assert_eq!(problem.status().as_u16(), 500);
        assert!(!problem.detail.contains("secret"));
    }
}
