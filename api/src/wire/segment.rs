//! Sealed segments.

use serde::{Deserialize, Serialize};
use stet_store::SegmentHead;
use utoipa::ToSchema;

use super::hex;

/// A sealed stretch of the org's terminal runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Segment {
    /// Its number, from 1 without a gap.
    pub segment: i64,
    /// The number of its first record, from 1 without a gap over all segments.
    pub first_sequence: i64,
    /// The number of its last record.
    pub last_sequence: i64,
    /// The root of the tree over the digests of its records (RFC 6962).
    pub merkle_root: String,
    /// The head of the segment before; `null` for the first.
    pub previous_head: Option<String>,
    /// Its head, which covers all of this and so every segment before.
    pub head: String,
    /// When it was sealed.
    #[schema(format = DateTime)]
    pub sealed_at: String,
    /// The HMAC over the head.
    pub record_hmac: String,
    /// The HMAC's key.
    pub record_key_id: String,
}

impl From<SegmentHead> for Segment {
    fn from(head: SegmentHead) -> Self {
        Self {
            segment: head.segment,
            first_sequence: head.first_sequence,
            last_sequence: head.last_sequence,
            merkle_root: head.merkle_root.to_string(),
            previous_head: head.previous_head.map(|digest| digest.to_string()),
            head: head.head.to_string(),
            sealed_at: head.sealed_at.to_string(),
            record_hmac: hex(&head.seal.hmac),
            record_key_id: head.seal.key_id,
        }
    }
}
