//! Looks at the canary prompts of a batch's template: append-only.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, Fence};
use stet_domain::record::Seal;

use crate::StoreError;

/// One look: what all prompts brought at a preflight or a resume that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryLookRow {
    /// The claim of the preflight or resume; looks are ordered by it.
    pub preflight_fence: Fence,
    /// The lock epoch that it opened or let go on.
    pub lock_epoch: i64,
    /// What the prompts brought (`stet_domain::canary::CanaryOutcomes::to_canonical_bytes`).
    pub outcomes: Vec<u8>,
    /// When.
    pub observed_at: Timestamp,
}

/// A look with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCanaryLook {
    /// The look.
    pub row: CanaryLookRow,
    /// What the seal covers of that attempt's exchanges (`stet_domain::record::sealed_exchanges`).
    pub sealed_exchanges: Vec<u8>,
    /// The seal.
    pub seal: Seal,
}

/// Looks of one org.
#[async_trait]
pub trait CanaryLooks {
    /// Writes a look; its preflight's attempt and its lock epoch stand.
    async fn insert_canary_look(&mut self, batch: BatchId, look: &SealedCanaryLook)
    -> Result<(), StoreError>;

    /// The looks of a batch with what proves them, oldest first.
    async fn list_canary_looks(&mut self, batch: BatchId) -> Result<Vec<SealedCanaryLook>, StoreError>;
}
