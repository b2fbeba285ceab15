//! A worker beside a queue: hints are a faster way to the rows, and no other.

use std::time::{Duration, Instant};

use stet_domain::batch::BatchStatus;
use stet_domain::bell::Heard;
use stet_domain::ids::RunId;

use crate::fixture::{Setup, World, grid, org};

#[tokio::test]
async fn what_is_hinted_at_is_begun_at_once() {
    let world = World::new("{}").await;
    // In a process of its own: no bell of the one that submits reaches it.
    let (work, hints) = world.another(Setup::default()).await.work_hearing();
    let start = Instant::now();
    for _ in 0..8 {
        let run = world.process.run("", "UNGROUNDED").await;
        hints.send(Heard::now(vec![(org("default"), run)])).await.unwrap();
        world.process.ended(run).await;
    }
    let took = start.elapsed();
    // Looks at the rows alone come two seconds apart.
    assert!(took < Duration::from_secs(8), "eight runs took {took:?}");
    work.stop().await;
}

#[tokio::test]
async fn a_hint_that_is_late_doubled_or_of_nothing_costs_no_call() {
    let world = World::new(r#"{"latency":{"min_ms":50,"max_ms":50}}"#).await;
    let (work, hints) = world.another(Setup::default()).await.work_hearing();
    let run = world.process.run("", "UNGROUNDED").await;
    for _ in 0..10 {
        hints
            .send(Heard::now(vec![(org("default"), run), (org("other"), run), (org("nobody"), run)]))
            .await
            .unwrap();
        hints
            .send(Heard::now(vec![(org("default"), RunId::from_bytes([7; 16])), (org("default"), run)]))
            .await
            .unwrap();
    }
    world.process.ended(run).await;
    hints.send(Heard::now(vec![(org("default"), run)])).await.unwrap();
    // A batch's cells before its preflight has passed: the hint leads to the preflight first.
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 4)).await;
    for cell in world.process.cells(batch).await {
        hints.send(Heard::now(vec![(org("default"), cell.id)])).await.unwrap();
    }
    world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(world.process.attempts(run).await.len(), 1);
    let counts = world.simulator.counts();
    assert_eq!((counts.received, counts.distinct), (6, 6), "{:?}", counts.repeated);
    work.stop().await;
}

#[tokio::test]
async fn a_silent_queue_costs_time_and_nothing_else() {
    let world = World::new("{}").await;
    let (work, hints) = world.another(Setup { concurrency: 2, ..Setup::default() }).await.work_hearing();
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 30)).await;
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters.succeeded, 30);
    // One whose listener is gone goes on by the rows as well.
    drop(hints);
    let run = world.process.run("", "UNGROUNDED").await;
    world.process.ended(run).await;
    work.stop().await;
}
