//! Attempts, at a run or at a preflight, and the exchanges in them: append-only.

use std::collections::BTreeMap;

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, Fence, RunId};

use crate::StoreError;

/// One attempt; its row stands before the first provider call (reliability.md rule 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// The claim that it belongs to; the attempts at one thing are ordered by it.
    pub fence: Fence,
    /// The process that made it.
    pub worker: String,
    /// When it was claimed, by the database's clock.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, or where its process died.
    pub finished_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<AttemptOutcome>,
    /// The error that ended it.
    pub error_code: Option<ErrorCode>,
    /// What is known of that error, bounded.
    pub error_detail: Option<String>,
    /// Its exchanges in order.
    pub exchanges: Vec<ExchangeRow>,
}

/// One exchange with a provider, bytes as they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRow {
    /// Its place in the attempt, from 0.
    pub ordinal: u32,
    /// What it was for: `answer`, `provoker` or `step2`; in a preflight `probe` or `canary`.
    pub purpose: String,
    /// The digest of `request_body`.
    pub request_sha256: Digest,
    /// The exact bytes sent.
    pub request_body: Vec<u8>,
    /// The status of the reply, where one came.
    pub reply_status: Option<u16>,
    /// The provider's request id.
    pub provider_request_id: Option<String>,
    /// The bytes of the reply as far as they came.
    pub reply_body: Vec<u8>,
    /// How long it took, in milliseconds.
    pub latency_ms: u64,
}

/// How an attempt at a preflight ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightAttemptEnd {
    /// How; what lost its claim is written as fenced, whatever stands here.
    pub outcome: AttemptOutcome,
    /// The error that ended it.
    pub error_code: Option<ErrorCode>,
    /// What is known of that error, bounded.
    pub error_detail: Option<String>,
    /// Its exchanges in order.
    pub exchanges: Vec<ExchangeRow>,
    /// When it ended.
    pub finished_at: Timestamp,
}

/// Attempts of one org; they are written by the claims and commits of [`crate::Runs`] and [`crate::Batches`].
#[async_trait]
pub trait Attempts {
    /// All attempts at each of the runs, oldest first; a run without one is not there.
    async fn list_attempts_of(
        &mut self,
        runs: &[RunId],
    ) -> Result<BTreeMap<RunId, Vec<AttemptRow>>, StoreError>;

    /// All attempts at a run, oldest first.
    async fn list_attempts(&mut self, run: RunId) -> Result<Vec<AttemptRow>, StoreError> {
        Ok(self.list_attempts_of(&[run]).await?.remove(&run).unwrap_or_default())
    }

    /// All attempts at the preflight of a batch, oldest first.
    async fn list_preflight_attempts(&mut self, batch: BatchId) -> Result<Vec<AttemptRow>, StoreError>;
}
