//! The record of a segment: a stretch of an org's terminal runs, chained to the one before.

use stet_canon::merkle::merkle_root;
use stet_canon::{Digest, Json, Members};

use super::{Record, Sealed};
use crate::clock::Timestamp;
use crate::ids::{OrgId, RunId};

/// Records of one segment at most.
pub const SEGMENT_MAX_RECORDS: u32 = 4_096;

/// What the head of a segment covers (system.md, "Immutability and integrity"); through the head before it covers every segment before.
#[derive(Debug, Clone, Copy)]
pub struct SegmentRecord<'a> {
    /// Its org.
    pub org: &'a OrgId,
    /// Its number, from 1 without a gap.
    pub segment: i64,
    /// The number of its first record, from 1 without a gap over all segments.
    pub first_sequence: i64,
    /// The number of its last record.
    pub last_sequence: i64,
    /// Where its last record stands: with that of the segment before, the stretch that it holds.
    pub ends: (Timestamp, RunId),
    /// The digests of its records, in their order.
    pub digests: &'a [Digest],
    /// The head of the segment before; `None` for the first.
    pub previous_head: Option<Digest>,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

impl SegmentRecord<'_> {
    /// The root of the tree over its records (RFC 6962 §2.1).
    #[must_use]
    pub fn merkle_root(&self) -> Digest {
        let leaves: Vec<&[u8; 32]> = self.digests.iter().map(Digest::as_bytes).collect();
        merkle_root(&leaves)
    }

    /// Its head: the digest of canonical JSON of all of it, its records as their root.
    #[must_use]
    pub fn head(&self) -> Digest {
        let (ends_at, ends_run) = self.ends;
        let members: Members = [
            ("kind", Json::from("segment")),
            ("org_id", self.org.as_str().into()),
            ("segment", self.segment.into()),
            ("first_sequence", self.first_sequence.into()),
            ("last_sequence", self.last_sequence.into()),
            ("ends_at", ends_at.to_string().into()),
            ("ends_run", ends_run.to_string().into()),
            ("merkle_root", self.merkle_root().into()),
            ("previous_head", self.previous_head.into()),
            ("sealed_at", self.sealed_at.to_string().into()),
        ]
        .into_iter()
        .collect();
        Json::from(members).digest()
    }
}

impl Record for SegmentRecord<'_> {
    fn sealed(&self) -> Sealed<'_> {
        Sealed {
            org: self.org,
            id: format!("segment/{}", self.segment),
            record_sha256: self.head(),
            created_at: self.sealed_at,
        }
    }
}
