//! Terminal runs, sealed.

use stet_domain::clock::Timestamp;
use stet_domain::ids::{OrgId, RunId};
use stet_domain::record::{EndedRun, Record as _, SEGMENT_MAX_RECORDS, SegmentRecord};
use stet_store::{EndPlace, SegmentHead, SegmentRow, StoreError};

use crate::{OpError, Ops};

/// What was sealed of an org.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Runs, in one segment.
    pub records: u64,
    /// Whether the bound was reached: seal again at once.
    pub more: bool,
}

impl Ops {
    /// Seals the runs of the org that were recorded before `until` and that no segment holds, as the next segment of its chain; at most
    /// [`SEGMENT_MAX_RECORDS`] of them. `until` has to have settled ([`stet_store::Horizon::has_settled`]): a run that was committed later with an earlier
    /// moment would stand in the stretch as one that was put in.
    ///
    /// # Errors
    /// [`OpError::Store`]; where another scheduler was first nothing is written and nothing failed.
    pub async fn seal_segments(&self, org: &OrgId, until: Timestamp) -> Result<Sealed, OpError> {
        let mut tx = self.store().begin(org).await?;
        let last = tx.last_segment().await?;
        let after = last.as_ref().map(|last| last.ends);
        let ended = tx.list_ended(after, up_to(until), SEGMENT_MAX_RECORDS).await?;
        let Some(segment) = self.next_segment(org, last.as_ref(), &ended) else {
            return Ok(Sealed::default());
        };
        match tx.insert_segment(&segment).await {
            Err(StoreError::Conflict { .. }) => return Ok(Sealed::default()),
            written => written?,
        }
        tx.commit().await?;
        Ok(Sealed { records: ended.len() as u64, more: ended.len() >= SEGMENT_MAX_RECORDS as usize })
    }

    fn next_segment(
        &self,
        org: &OrgId,
        last: Option<&SegmentHead>,
        ended: &[EndedRun],
    ) -> Option<SegmentRow> {
        let ends = ended.last()?.place();
        let first_sequence = last.map_or(1, |last| last.last_sequence + 1);
        let digests: Vec<_> = ended.iter().map(|run| run.sha256(org)).collect();
        let record = SegmentRecord {
            org,
            segment: last.map_or(1, |last| last.segment + 1),
            first_sequence,
            last_sequence: first_sequence + i64::try_from(ended.len()).ok()? - 1,
            ends,
            digests: &digests,
            previous_head: last.map(|last| last.head),
            sealed_at: self.parts.clock.now(),
        };
        let head = SegmentHead {
            org: org.clone(),
            segment: record.segment,
            first_sequence,
            last_sequence: record.last_sequence,
            ends,
            merkle_root: record.merkle_root(),
            previous_head: record.previous_head,
            head: record.head(),
            sealed_at: record.sealed_at,
            seal: record.seal(&self.parts.record_keys),
        };
        Some(SegmentRow { head, runs: ended.iter().map(|run| run.run).collect(), digests })
    }
}

/// Before the moment, whatever the id.
const fn up_to(until: Timestamp) -> EndPlace {
    (Timestamp(until.0 - 1), RunId::from_bytes([0xff; 16]))
}
