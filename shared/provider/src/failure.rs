//! Why a call brought no answer.

use stet_domain::code::ErrorCode;

pub use stet_domain::retry::RetryClass as FailureClass;

/// A call that ended without an answer to judge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Failure {
    /// The code for the row.
    pub code: ErrorCode,
    /// What it means for the run.
    pub class: FailureClass,
    /// What the provider or the transport said: bounded, without secrets.
    pub detail: String,
    /// How long the provider asks to wait, in milliseconds.
    pub retry_after_ms: Option<u64>,
}
