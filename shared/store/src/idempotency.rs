//! Idempotency records: the key and its effect in one transaction (api.md, "Conventions").

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, BatchId, RunId, ScheduleId, TemplateId};

use crate::StoreError;

/// What a recorded request brought about; a replay answers with its present state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceRef {
    /// A template.
    Template(TemplateId),
    /// A batch.
    Batch(BatchId),
    /// A single run.
    Run(RunId),
    /// An API key.
    ApiKey(ApiKeyId),
    /// A schedule.
    Schedule(ScheduleId),
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRow {
    /// The client's key.
    pub key: String,
    /// Over method, path, query and the canonical body.
    pub fingerprint: Digest,
    /// The canonical body, for the patch of a mismatch.
    pub body: Vec<u8>,
    /// The effect.
    pub resource: ResourceRef,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// Idempotency records of one org.
#[async_trait]
pub trait Idempotency {
    /// Holds the key until the transaction ends; `false`, at once, where another transaction holds it. On an engine with one writer nobody else can.
    async fn hold_idempotency(&mut self, key: &str) -> Result<bool, StoreError>;

    /// The record of that key which has not expired at `now`.
    async fn get_idempotency(
        &mut self,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<IdempotencyRow>, StoreError>;

    /// Writes a record, in the place of an expired one; a standing one is a [`StoreError::Conflict`].
    async fn insert_idempotency(&mut self, row: &IdempotencyRow) -> Result<(), StoreError>;
}
