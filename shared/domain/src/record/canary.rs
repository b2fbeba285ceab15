//! The record of a look at the canary prompts.

use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::clock::Timestamp;
use crate::ids::{BatchId, Fence, OrgId};

/// Every stored column of a look but its seal.
#[derive(Debug, Clone, Copy)]
pub struct CanaryRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its batch.
    pub batch: BatchId,
    /// The claim of the preflight or resume that looked.
    pub preflight_fence: Fence,
    /// The lock epoch that it opened or let go on.
    pub lock_epoch: i64,
    /// What the prompts brought, as [`crate::canary::CanaryOutcomes::to_canonical_bytes`] writes it.
    pub outcomes: &'a [u8],
    /// When.
    pub observed_at: Timestamp,
    /// What was exchanged at it, as [`super::sealed_exchanges`] writes it.
    pub exchanges: &'a [u8],
}

impl CanaryRecord<'_> {
    /// The digest of the record: canonical JSON of all columns, large ones as their digests.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let members: Members = [
            ("kind", Json::from("canary_look")),
            ("org_id", self.org.as_str().into()),
            ("batch_id", self.batch.to_string().into()),
            ("preflight_fence", self.preflight_fence.0.into()),
            ("lock_epoch", self.lock_epoch.into()),
            ("outcomes_sha256", Digest::of(self.outcomes).into()),
            ("observed_at", self.observed_at.to_string().into()),
            ("exchanges_sha256", Digest::of(self.exchanges).into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}

impl Record for CanaryRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: format!("{}/canary/{}", self.batch, self.preflight_fence.0),
            record_sha256: self.sha256(),
            created_at: self.observed_at,
        }
    }
}
