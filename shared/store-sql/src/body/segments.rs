//! Sealed segments.

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_domain::ids::RunId;
use stet_domain::record::{EndedRun, Seal};
use stet_domain::run::RunStatus;
use stet_store::{
    EndPlace, Horizon, Page, PageRequest, Position, SegmentHead, SegmentRow, Segments, StoreError,
};

use super::{Columns, Row, Transaction, page, queries};

/// Before this comes every run.
const FIRST: EndPlace = (Timestamp(-1), RunId::from_bytes([0; 16]));

#[async_trait]
impl Segments for Transaction {
    async fn last_segment(&mut self) -> Result<Option<SegmentHead>, StoreError> {
        let query = self.scoped(queries::LAST_SEGMENT);
        self.optional(query).await?.as_ref().map(read_head).transpose()
    }

    async fn get_segment(&mut self, segment: i64) -> Result<Option<SegmentRow>, StoreError> {
        let query = self.scoped(queries::GET_SEGMENT).bind(segment);
        self.optional(query).await?.as_ref().map(read_segment).transpose()
    }

    async fn insert_segment(&mut self, row: &SegmentRow) -> Result<(), StoreError> {
        let head = &row.head;
        let runs: Vec<u8> = row.runs.iter().flat_map(|run| run.to_bytes()).collect();
        let digests: Vec<u8> = row.digests.iter().flat_map(|digest| digest.to_bytes()).collect();
        let (ends_at, ends_run) = head.ends;
        let query = self
            .scoped(queries::INSERT_SEGMENT)
            .bind(head.segment)
            .bind(head.first_sequence)
            .bind(head.last_sequence)
            .bind(ends_at.0)
            .bind(ends_run.to_bytes().to_vec())
            .bind(runs)
            .bind(digests)
            .bind(head.merkle_root.to_bytes().to_vec())
            .bind(head.previous_head.map(|digest| digest.to_bytes().to_vec()))
            .bind(head.head.to_bytes().to_vec())
            .bind(head.sealed_at.0)
            .bind(head.seal.hmac.to_vec())
            .bind(head.seal.key_id.clone());
        self.run(query).await?;
        Ok(())
    }

    async fn list_segments(&mut self, request: PageRequest) -> Result<Page<SegmentHead>, StoreError> {
        let before = request.after.map_or(i64::MAX, |position| number_of(position.id));
        let query = self.scoped(queries::LIST_SEGMENTS).bind(before).bind(page::rows_wanted(request));
        let rows = self.all(query).await?;
        page::build(request, &rows, read_head, |head| Position {
            created_at: head.sealed_at,
            id: i128::from(head.segment).to_be_bytes(),
        })
    }

    async fn list_ended(
        &mut self,
        after: Option<EndPlace>,
        until: EndPlace,
        limit: u32,
    ) -> Result<Vec<EndedRun>, StoreError> {
        let ((after_at, after_run), (until_at, until_run)) = (after.unwrap_or(FIRST), until);
        let query = self
            .scoped(queries::LIST_ENDED)
            .bind(after_at.0)
            .bind(after_run.to_bytes().to_vec())
            .bind(until_at.0)
            .bind(until_run.to_bytes().to_vec())
            .bind(i64::from(limit));
        self.all(query).await?.iter().map(read_ended).collect()
    }
}

/// The number of a segment out of a page's position, which has room for an id; of a position that is none, everything.
fn number_of(id: [u8; 16]) -> i64 {
    i64::try_from(i128::from_be_bytes(id)).unwrap_or(i64::MAX)
}

pub(super) fn read_horizon(row: &Row) -> Result<Horizon, StoreError> {
    let columns = Columns::of("clock", row);
    Ok(Horizon {
        at: columns.time("now_us")?,
        oldest_open: columns.get("oldest_open")?,
        next: columns.get("next")?,
    })
}

fn read_head(row: &Row) -> Result<SegmentHead, StoreError> {
    let columns = Columns::of("segments", row);
    Ok(SegmentHead {
        org: columns.named("org_id", |text| text.parse().ok())?,
        segment: columns.get("segment")?,
        first_sequence: columns.get("first_sequence")?,
        last_sequence: columns.get("last_sequence")?,
        ends: (columns.time("ends_at_us")?, RunId::from_bytes(columns.array("ends_run")?)),
        merkle_root: columns.digest("merkle_root")?,
        previous_head: columns.digest_if("previous_head")?,
        head: columns.digest("head")?,
        sealed_at: columns.time("sealed_at_us")?,
        seal: Seal { hmac: columns.array("record_hmac")?, key_id: columns.text("record_key_id")? },
    })
}

fn read_segment(row: &Row) -> Result<SegmentRow, StoreError> {
    let columns = Columns::of("segments", row);
    let runs = columns.bytes("record_runs")?;
    let digests = columns.bytes("record_digests")?;
    Ok(SegmentRow {
        head: read_head(row)?,
        runs: runs.as_chunks().0.iter().map(|bytes| RunId::from_bytes(*bytes)).collect(),
        digests: digests.as_chunks().0.iter().map(|bytes| Digest::from_bytes(*bytes)).collect(),
    })
}

fn read_ended(row: &Row) -> Result<EndedRun, StoreError> {
    let columns = Columns::of("runs", row);
    Ok(EndedRun {
        run: RunId::from_bytes(columns.array("run_id")?),
        status: columns.named("status", RunStatus::named)?,
        finished_at: columns.time("finished_at_us")?,
        recorded_at: columns.time("recorded_at_us")?,
        record_hmac: columns.array_if("record_hmac")?,
        record_key_id: columns.get("record_key_id")?,
    })
}
