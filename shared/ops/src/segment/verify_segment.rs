//! A segment, proved.

use stet_domain::code::ErrorCode;
use stet_domain::ids::OrgId;
use stet_domain::record::{SEGMENT_MAX_RECORDS, SegmentRecord};
use stet_domain::verify::{Disagreement, StoredSegment, verify_segment};
use stet_store::SegmentRow;

use crate::{Actor, OpError, Operation, Ops, Verification};

impl Ops {
    /// Recomputes root, head and HMAC of a segment, holds it against the one before, and its records against the terminal runs that stand in its stretch: a
    /// removed one, one that was put in and a changed one are named. What a run's own HMAC covers is [`Ops::verify_run`]'s to prove.
    ///
    /// # Errors
    /// [`OpError::NotFound`]; [`OpError::Store`]. A mismatch is no error but what the answer tells.
    pub async fn verify_segment(&self, actor: &Actor, segment: i64) -> Result<Verification, OpError> {
        actor.may(Operation::VerifySegment)?;
        Verification::of(self.prove_segment(&actor.org, segment).await)
    }

    pub(crate) async fn prove_segment(&self, org: &OrgId, segment: i64) -> Result<Verification, OpError> {
        let mut tx = self.store().read(org).await?;
        let row = tx.get_segment(segment).await?.ok_or(OpError::not_found("segment"))?;
        let sha256 = Some(row.head.head);
        let before = if segment > 1 { tx.get_segment(segment - 1).await? } else { None };
        if segment > 1 && before.is_none() {
            return Ok(Verification { sha256, disagreement: Some(missing(segment - 1)) });
        }
        let after = before.as_ref().map(|before| before.head.ends);
        // One more than there can be: a run that was put in is seen in any case.
        let found = tx.list_ended(after, row.head.ends, SEGMENT_MAX_RECORDS + 1).await?;
        drop(tx);
        let before = before.as_ref().map(stored);
        let checked = verify_segment(&stored(&row), before.as_ref(), &found, &self.parts.record_keys);
        Ok(Verification { sha256, disagreement: checked.err() })
    }
}

fn missing(segment: i64) -> Disagreement {
    Disagreement {
        field: format!("segments/{segment}").into(),
        code: ErrorCode::RecordMissing,
        detail: format!("segment {segment} is not stored and a later one is"),
    }
}

fn stored(row: &SegmentRow) -> StoredSegment<'_> {
    let head = &row.head;
    let record = SegmentRecord {
        org: &head.org,
        segment: head.segment,
        first_sequence: head.first_sequence,
        last_sequence: head.last_sequence,
        ends: head.ends,
        digests: &row.digests,
        previous_head: head.previous_head,
        sealed_at: head.sealed_at,
    };
    StoredSegment {
        record,
        runs: &row.runs,
        merkle_root: head.merkle_root,
        head: head.head,
        seal: &head.seal,
    }
}
