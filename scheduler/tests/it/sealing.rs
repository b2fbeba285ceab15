//! Terminal runs, sealed by the scheduler.

use stet_domain::code::ErrorCode;
use stet_ops::rows::SegmentHead;
use stet_store::PageRequest;

use crate::fixture::{World, admin, until};

async fn segments(world: &World) -> Vec<SegmentHead> {
    let page = PageRequest { after: None, limit: 200 };
    let mut segments = world.ops.list_segments(&admin(), page).await.unwrap().items;
    segments.reverse();
    segments
}

#[tokio::test]
async fn what_has_ended_is_sealed_and_the_chain_goes_on() {
    let world = World::new().await;
    let worker = world.worker();
    world.completed(world.batch(3).await).await;
    let scheduler = world.scheduler();
    until("the first segment", async || (segments(&world).await.len() == 1).then_some(())).await;
    world.run_to_its_end().await;
    until("the second", async || (segments(&world).await.len() == 2).then_some(())).await;
    scheduler.stop().await;
    worker.stop().await;
    let segments = segments(&world).await;
    let numbers: Vec<_> =
        segments.iter().map(|head| (head.segment, head.first_sequence, head.last_sequence)).collect();
    assert_eq!(numbers, [(1, 1, 3), (2, 4, 4)]);
    assert_eq!(segments[1].previous_head, Some(segments[0].head));
    for number in 1..=2 {
        let verified = world.ops.verify_segment(&admin(), number).await.unwrap();
        assert_eq!(verified.disagreement, None);
        assert_eq!(verified.sha256, Some(segments[usize::try_from(number).unwrap() - 1].head));
    }
    assert_eq!(world.ops.unsealed().await.unwrap().age_seconds(), 0);
}

/// What somebody does who owns the machine, and what the proof of the two segments has to name first.
const CASES: [(&str, &str, ErrorCode); 8] = [
    ("DELETE FROM runs WHERE batch_id IS NULL", "2: records/4", ErrorCode::RecordMissing),
    (
        "DELETE FROM runs WHERE batch_run_index = 0 AND batch_id IS NOT NULL",
        "1: records/",
        ErrorCode::RecordMissing,
    ),
    ("UPDATE runs SET status = 'failed' WHERE batch_id IS NULL", "2: records/4", ErrorCode::HashMismatch),
    (
        "UPDATE runs SET recorded_at_us = recorded_at_us - 1 WHERE batch_id IS NULL",
        "2: records/4",
        ErrorCode::HashMismatch,
    ),
    ("UPDATE runs SET record_key_id = 'r2' WHERE batch_id IS NULL", "2: records/4", ErrorCode::HashMismatch),
    ("DELETE FROM segments WHERE segment = 1", "2: segments/1", ErrorCode::RecordMissing),
    ("UPDATE segments SET last_sequence = 3 WHERE segment = 2", "2: last_sequence", ErrorCode::HashMismatch),
    (
        "UPDATE segments SET sealed_at_us = sealed_at_us + 1 WHERE segment = 1",
        "1: head",
        ErrorCode::HashMismatch,
    ),
];

#[tokio::test]
async fn a_run_that_is_gone_changed_or_put_in_is_named() {
    for (statement, field, code) in CASES {
        let world = World::sealed_twice().await;
        assert!(world.database.tamper(statement).await > 0, "{statement}");
        let found = first_found(&world).await;
        let (place, found) = found.unwrap_or_else(|| panic!("{statement} went unseen"));
        assert!(place.starts_with(field), "{statement}: {place}, {found:?}");
        assert_eq!(found, code, "{statement}: {place}");
    }
    let world = World::sealed_twice().await;
    let copied = world.copy_a_run().await;
    let expected = (format!("1: records/{copied}"), ErrorCode::RecordUnsealed);
    assert_eq!(first_found(&world).await, Some(expected));
}

/// The first finding over both segments, under the number of its segment.
async fn first_found(world: &World) -> Option<(String, ErrorCode)> {
    for number in 1..=2 {
        // A segment that is gone is named by the one after it.
        let Ok(verified) = world.ops.verify_segment(&admin(), number).await else { continue };
        if let Some(found) = verified.disagreement {
            return Some((format!("{number}: {}", found.field), found.code));
        }
    }
    None
}
