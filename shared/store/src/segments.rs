//! Sealed segments of an org's terminal runs (system.md, "Immutability and integrity").

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{OrgId, RunId};
use stet_domain::record::{EndedRun, Seal};

use crate::{Page, PageRequest, StoreError};

/// Where a run stands among the terminal runs of its org: when its end was recorded, and its id.
pub type EndPlace = (Timestamp, RunId);

/// A segment without its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentHead {
    /// Its org.
    pub org: OrgId,
    /// Its number, from 1 without a gap.
    pub segment: i64,
    /// The number of its first record, from 1 without a gap over all segments.
    pub first_sequence: i64,
    /// The number of its last record.
    pub last_sequence: i64,
    /// Where its last record stands.
    pub ends: EndPlace,
    /// The root of the tree over the digests of its records.
    pub merkle_root: Digest,
    /// The head of the segment before; `None` for the first.
    pub previous_head: Option<Digest>,
    /// Its own head.
    pub head: Digest,
    /// When it was sealed.
    pub sealed_at: Timestamp,
    /// The seal over the head.
    pub seal: Seal,
}

/// A segment with its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// All but the records.
    pub head: SegmentHead,
    /// Its runs, in their order.
    pub runs: Vec<RunId>,
    /// The digests of what was sealed of them, in the same order.
    pub digests: Vec<Digest>,
}

/// What a database says of the transactions that are open, by numbers that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// The moment at which it was asked.
    pub at: Timestamp,
    /// Every transaction with a lower number has ended.
    pub oldest_open: i64,
    /// A transaction that begins later has this number or a greater one.
    pub next: i64,
}

impl Horizon {
    /// Whether every transaction that was open at `earlier` has ended: what was recorded before that moment is seen by all, and nothing can join it.
    #[must_use]
    pub const fn has_settled(&self, earlier: &Self) -> bool {
        self.oldest_open >= earlier.next
    }
}

/// The segments of one org: append-only.
#[async_trait]
pub trait Segments {
    /// The last segment; `None` where nothing was sealed yet.
    async fn last_segment(&mut self) -> Result<Option<SegmentHead>, StoreError>;

    /// The segment of that number.
    async fn get_segment(&mut self, segment: i64) -> Result<Option<SegmentRow>, StoreError>;

    /// Appends a segment.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where one of that number stands: another scheduler was first.
    async fn insert_segment(&mut self, row: &SegmentRow) -> Result<(), StoreError>;

    /// A page of segments, newest first.
    async fn list_segments(&mut self, page: PageRequest) -> Result<Page<SegmentHead>, StoreError>;

    /// Terminal runs in the order in which they are sealed: those after a place (all where `None`), up to and with another, at most `limit`.
    async fn list_ended(
        &mut self,
        after: Option<EndPlace>,
        until: EndPlace,
        limit: u32,
    ) -> Result<Vec<EndedRun>, StoreError>;
}
