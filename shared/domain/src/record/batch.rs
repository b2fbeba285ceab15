//! The record of a batch's definition.

use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::clock::Timestamp;
use crate::drift::DriftPolicy;
use crate::ids::{BatchId, OrgId, TemplateId};
use crate::mode::GroundingMode;

/// Every stored column of a batch's definition but its seal; control and counters change and are no part of it.
#[derive(Debug, Clone, Copy)]
pub struct BatchRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its id.
    pub id: BatchId,
    /// What it runs.
    pub template: TemplateId,
    /// canonical.md §5.
    pub batch_sha256: Digest,
    /// canonical.md §5.
    pub plan_sha256: Digest,
    /// Canonical locales, sorted.
    pub locales: &'a [String],
    /// Modes in expansion order.
    pub grounding_modes: &'a [GroundingMode],
    /// Replicates of each (locale, mode).
    pub replicates: u32,
    /// How many cells that makes.
    pub cells: u64,
    /// The inputs in canonical JSON.
    pub inputs: &'a [u8],
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// What a drifted result leads to.
    pub drift_policy: DriftPolicy,
    /// At most so many cells at once.
    pub max_parallel: Option<u32>,
    /// The API key that submitted it.
    pub created_by: &'a str,
    /// When it was accepted.
    pub created_at: Timestamp,
}

impl BatchRecord<'_> {
    /// The digest of the record: canonical JSON of all columns, the inputs as their digest.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        let members: Members = [
            ("kind", Json::from("batch")),
            ("org_id", self.org.as_str().into()),
            ("id", self.id.to_string().into()),
            ("template_id", self.template.to_string().into()),
            ("batch_sha256", self.batch_sha256.into()),
            ("plan_sha256", self.plan_sha256.into()),
            ("locales", self.locales.iter().map(Json::from).collect()),
            ("grounding_modes", self.grounding_modes.iter().map(|mode| Json::from(mode.as_str())).collect()),
            ("replicates", self.replicates.into()),
            ("cells", self.cells.into()),
            ("inputs_bytes_sha256", Digest::of(self.inputs).into()),
            ("inputs_sha256", self.inputs_sha256.into()),
            ("drift_policy", self.drift_policy.as_str().into()),
            ("max_parallel", self.max_parallel.into()),
            ("created_by", self.created_by.into()),
            ("created_at", self.created_at.to_string().into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}

impl Record for BatchRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: self.id.to_string(),
            record_sha256: self.sha256(),
            created_at: self.created_at,
        }
    }
}
