//! Why a call brought no answer.

use stet_domain::code::ErrorCode;

/// What a failure means for the run (reliability.md rule 8; providers.md, Decoding 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// Another try may succeed.
    Retryable,
    /// Another try may succeed, and every worker should wait with its own: burns no attempt.
    RateLimited,
    /// No try will succeed until a person acts on the account: quota, credit, spend limit.
    Outage,
    /// No try of this run will succeed.
    Final,
}

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
