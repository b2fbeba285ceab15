//! Verification of a segment: its chain, its seal, and the terminal runs of its stretch, none gone, none come, none changed.

use stet_canon::Digest;

use super::{Disagreement, holds, same_digest, sealed};
use crate::code::ErrorCode;
use crate::ids::RunId;
use crate::record::{EndedRun, RecordKeys, Seal, SegmentRecord};

/// A segment as stored: its record, and what is stored beside it.
#[derive(Debug, Clone, Copy)]
pub struct StoredSegment<'a> {
    /// What its head covers.
    pub record: SegmentRecord<'a>,
    /// The runs that the digests of the record are of, in their order.
    pub runs: &'a [RunId],
    /// The root as stored.
    pub merkle_root: Digest,
    /// The head as stored.
    pub head: Digest,
    /// The seal as stored.
    pub seal: &'a Seal,
}

/// Checks a segment against the one before (`None` for the first) and against the terminal runs that stand in its stretch, in their order.
///
/// # Errors
/// The first [`Disagreement`]: of a run under `records/<sequence>`.
pub fn verify_segment(
    stored: &StoredSegment<'_>,
    before: Option<&StoredSegment<'_>>,
    found: &[EndedRun],
    keys: &RecordKeys,
) -> Result<(), Disagreement> {
    let record = &stored.record;
    chain(record, before)?;
    same_digest("merkle_root", stored.merkle_root, record.merkle_root())?;
    same_digest("head", stored.head, record.head())?;
    sealed(record, keys, stored.seal)?;
    records(stored, found)
}

/// The numbers go on where the segment before ended, and its head is the one that this one names.
fn chain(record: &SegmentRecord<'_>, before: Option<&StoredSegment<'_>>) -> Result<(), Disagreement> {
    let first = before.map_or(1, |before| before.record.last_sequence + 1);
    holds("first_sequence", record.first_sequence == first, || {
        format!("it begins with {}, the segment before leads to {first}", record.first_sequence)
    })?;
    let count = i64::try_from(record.digests.len()).unwrap_or(i64::MAX);
    let last = record.first_sequence + count - 1;
    holds("last_sequence", count > 0 && record.last_sequence == last, || {
        format!("it ends with {}, its {count} records lead to {last}", record.last_sequence)
    })?;
    let head = before.map(|before| before.head);
    holds("previous_head", record.previous_head == head, || {
        let shown = |head: Option<Digest>| head.map_or_else(|| "none".to_owned(), |head| head.to_string());
        format!("it follows {}, the segment before has {}", shown(record.previous_head), shown(head))
    })
}

/// Walks both lists; what one has and the other has not was removed or inserted.
fn records(stored: &StoredSegment<'_>, found: &[EndedRun]) -> Result<(), Disagreement> {
    let record = &stored.record;
    holds("record_runs", stored.runs.len() == record.digests.len(), || {
        format!("{} runs for {} digests", stored.runs.len(), record.digests.len())
    })?;
    let mut found = found.iter().peekable();
    for ((sequence, run), digest) in (record.first_sequence..).zip(stored.runs).zip(record.digests) {
        let place = format!("records/{sequence}");
        let Some(next) = found.next_if(|next| next.run == *run) else {
            // Either this run is gone, or another stands before it that was not there when the segment was sealed.
            return Err(match found.peek() {
                Some(next) if !stored.runs.contains(&next.run) => unsealed(next),
                _ => missing(place, *run),
            });
        };
        let digest_found = next.sha256(record.org);
        if digest_found != *digest {
            return Err(Disagreement {
                field: place.into(),
                code: ErrorCode::HashMismatch,
                detail: format!(
                    "{run}: sealed {digest}, what is stored gives {digest_found}: its status {}, times or seal were changed",
                    next.status
                ),
            });
        }
    }
    found.next().map_or(Ok(()), |next| Err(unsealed(next)))
}

fn missing(place: String, run: RunId) -> Disagreement {
    Disagreement {
        field: place.into(),
        code: ErrorCode::RecordMissing,
        detail: format!("{run} was sealed and does not stand in its place any more"),
    }
}

fn unsealed(run: &EndedRun) -> Disagreement {
    Disagreement {
        field: format!("records/{}", run.run).into(),
        code: ErrorCode::RecordUnsealed,
        detail: format!("{} stands as recorded at {}, which was sealed without it", run.run, run.recorded_at),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use ulid::Ulid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::OrgId;
    use crate::record::Record as _;
    use crate::run::RunStatus;

    fn keys() -> RecordKeys {
        RecordKeys::parse(&SecretString::from("r1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")).unwrap()
    }

    fn org() -> OrgId {
        "default".parse().unwrap()
    }

    fn run(number: u8) -> EndedRun {
        EndedRun {
            run: RunId(Ulid(u128::from(number))),
            status: RunStatus::Succeeded,
            finished_at: Timestamp(i64::from(number)),
            recorded_at: Timestamp(i64::from(number) + 100),
            record_hmac: Some([number; 32]),
            record_key_id: Some("k1".to_owned()),
        }
    }

    /// A segment that owns what [`StoredSegment`] borrows.
    struct Kept {
        org: OrgId,
        segment: i64,
        first: i64,
        runs: Vec<RunId>,
        digests: Vec<Digest>,
        ends: (Timestamp, RunId),
        previous_head: Option<Digest>,
        seal: Seal,
        head: Digest,
        root: Digest,
    }

    impl Kept {
        fn of(segment: i64, first: i64, previous_head: Option<Digest>, runs: &[EndedRun]) -> Self {
            let org = org();
            let mut kept = Self {
                segment,
                first,
                runs: runs.iter().map(|run| run.run).collect(),
                digests: runs.iter().map(|run| run.sha256(&org)).collect(),
                ends: runs.last().unwrap().place(),
                previous_head,
                seal: Seal { hmac: [0; 32], key_id: String::new() },
                head: Digest::of(b""),
                root: Digest::of(b""),
                org,
            };
            (kept.head, kept.root) = (kept.record().head(), kept.record().merkle_root());
            kept.seal = kept.record().seal(&keys());
            kept
        }

        fn record(&self) -> SegmentRecord<'_> {
            SegmentRecord {
                org: &self.org,
                segment: self.segment,
                first_sequence: self.first,
                last_sequence: self.first + i64::try_from(self.digests.len()).unwrap() - 1,
                ends: self.ends,
                digests: &self.digests,
                previous_head: self.previous_head,
                sealed_at: Timestamp(1_000),
            }
        }

        fn stored(&self) -> StoredSegment<'_> {
            StoredSegment {
                record: self.record(),
                runs: &self.runs,
                merkle_root: self.root,
                head: self.head,
                seal: &self.seal,
            }
        }
    }

    fn found(kept: &Kept, before: Option<&Kept>, runs: &[EndedRun]) -> Result<(), (String, ErrorCode)> {
        let before = before.map(Kept::stored);
        verify_segment(&kept.stored(), before.as_ref(), runs, &keys())
            .map_err(|found| (found.field.into_owned(), found.code))
    }

    fn two() -> (Vec<EndedRun>, Kept, Kept) {
        let runs: Vec<EndedRun> = (1..=7).map(run).collect();
        let first = Kept::of(1, 1, None, &runs[..3]);
        let second = Kept::of(2, 4, Some(first.head), &runs[3..]);
        (runs, first, second)
    }

    #[test]
    fn a_chain_of_whole_segments_holds() {
        let (runs, first, second) = two();
        assert_eq!(found(&first, None, &runs[..3]), Ok(()));
        assert_eq!(found(&second, Some(&first), &runs[3..]), Ok(()));
    }

    #[test]
    fn a_removed_run_is_named_by_its_number() {
        let (runs, first, second) = two();
        for gone in 3..7 {
            let mut left = runs[3..].to_vec();
            left.remove(gone - 3);
            let expected = (format!("records/{}", gone + 1), ErrorCode::RecordMissing);
            assert_eq!(found(&second, Some(&first), &left), Err(expected));
        }
        assert!(found(&second, Some(&first), &[]).is_err());
    }

    #[test]
    fn an_inserted_run_is_named_by_its_id() {
        let (runs, first, second) = two();
        for place in 0..=4 {
            let mut more = runs[3..].to_vec();
            more.insert(place, run(99));
            let expected = (format!("records/{}", run(99).run), ErrorCode::RecordUnsealed);
            assert_eq!(found(&second, Some(&first), &more), Err(expected), "at {place}");
        }
    }

    type Alter = fn(&mut EndedRun);

    #[test]
    fn a_changed_run_is_named_by_its_number() {
        let (runs, first, second) = two();
        let alterations: [Alter; 4] = [
            |run| run.status = RunStatus::Failed,
            |run| run.finished_at.0 += 1,
            |run| run.record_hmac = None,
            |run| run.record_key_id = Some("k2".to_owned()),
        ];
        for alter in alterations {
            let mut changed = runs[3..].to_vec();
            alter(&mut changed[1]);
            let expected = ("records/5".to_owned(), ErrorCode::HashMismatch);
            assert_eq!(found(&second, Some(&first), &changed), Err(expected));
        }
    }

    #[test]
    fn a_broken_chain_is_named() {
        let (runs, first, second) = two();
        let name = |kept: &Kept, before: Option<&Kept>| found(kept, before, &runs[3..]).unwrap_err().0;
        assert_eq!(name(&second, None), "first_sequence");
        let mut other = Kept::of(1, 1, None, &runs[1..4]);
        assert_eq!(name(&second, Some(&other)), "previous_head");
        other = Kept::of(2, 4, Some(first.head), &runs[3..]);
        other.digests.swap(0, 1);
        assert_eq!(name(&other, Some(&first)), "merkle_root");
        other = Kept::of(2, 4, Some(first.head), &runs[3..]);
        other.ends.0 = Timestamp(999);
        assert_eq!(name(&other, Some(&first)), "head");
        other.head = other.record().head();
        assert_eq!(name(&other, Some(&first)), "record_hmac");
        other.runs.pop();
        other.seal = other.record().seal(&keys());
        assert_eq!(name(&other, Some(&first)), "record_runs");
    }
}
