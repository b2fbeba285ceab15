//! A batch's own bound, over every worker.

use std::collections::VecDeque;
use std::time::Duration;

use stet_domain::batch::BatchStatus;
use stet_ops::BatchSubmission;
use stet_worker::WorkerOptions;

use crate::fixture::{Setup, World, grid};

const BOUND: u8 = 3;

/// How long every call takes, in microseconds: a later one within it overlaps.
const CALL_US: u64 = 40_000;

#[tokio::test]
async fn max_parallel_holds_over_two_workers() {
    let world = World::new(r#"{"latency":{"min_ms":40,"max_ms":40}}"#).await;
    let second = world.another(Setup::default()).await;
    let works = [world.process.work(), second.work()];
    let submission = BatchSubmission { max_parallel: Some(BOUND.into()), ..grid(&["UNGROUNDED"], 24) };
    let batch = world.process.batch("", &submission).await;
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters.succeeded, 24);
    let mut overlapping: VecDeque<u64> = VecDeque::new();
    let mut most = 0;
    for call in world.simulator.calls(1, 100) {
        while overlapping.front().is_some_and(|begun| begun + CALL_US <= call.received_us) {
            overlapping.pop_front();
        }
        overlapping.push_back(call.received_us);
        most = most.max(overlapping.len());
    }
    assert_eq!(most, usize::from(BOUND), "reached and never exceeded");
    assert_eq!(world.calls(), 25);
    for work in works {
        work.stop().await;
    }
}

#[tokio::test]
async fn a_bounded_batch_does_not_wait_for_the_next_look_at_the_rows() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let submission = BatchSubmission { max_parallel: Some(1), ..grid(&["UNGROUNDED"], 12) };
    let batch = world.process.batch("", &submission).await;
    world.process.batch_is(batch, BatchStatus::Completed).await;
    let calls = world.simulator.calls(1, 100);
    let took = Duration::from_micros(calls[11].received_us - calls[0].received_us);
    assert!(took < WorkerOptions::POLL * 11 / 2, "{took:?} for 11 cells after the first");
    work.stop().await;
}
