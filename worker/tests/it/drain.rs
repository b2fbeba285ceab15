//! Stopping (reliability.md rule 12).

use std::time::Duration;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::{BatchId, RunId};
use stet_domain::run::RunStatus;
use stet_store::BatchCounters;

use crate::fixture::{Process, Setup, World, grid};

/// Cells take long on their first try, as long as somebody waits for them.
const HANGS_ONCE: &str =
    r#"{"rules":[{"when":{"input_contains":"VAT","try_to":1},"then":{"fault":"hang"}}]}"#;

async fn given_back(process: &Process, batch: BatchId) -> Vec<RunId> {
    let mut released = Vec::new();
    for run in process.cells(batch).await {
        assert_eq!((run.status, run.retry_index, run.crash_count), (RunStatus::Pending, 0, 0), "{run:?}");
        let attempts = process.attempts(run.id).await;
        let Some(attempt) = attempts.first() else { continue };
        assert_eq!((attempts.len(), attempt.outcome), (1, Some(AttemptOutcome::Released)), "{attempt:?}");
        assert_eq!(run.fence.0, attempt.fence.0 + 1);
        released.push(run.id);
    }
    released
}

/// A second process ends what the first gave back.
async fn finished_by_another(world: &World, batch: BatchId, released: &[RunId]) {
    let second = world.another(Setup::default()).await;
    let work = second.work();
    let view = second.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 6, ..BatchCounters::default() });
    for run in second.cells(batch).await {
        assert_eq!((run.retry_index, run.crash_count), (0, 0));
        let attempts = second.attempts(run.id).await;
        assert_eq!(attempts.len(), 1 + usize::from(released.contains(&run.id)), "{run:?}");
        let last = attempts.last().unwrap();
        assert_eq!((last.worker.as_str(), last.outcome), ("process-2", Some(AttemptOutcome::Recorded)));
        second.verified(run.id).await;
    }
    work.stop().await;
}

#[tokio::test]
async fn without_a_grace_period_what_is_in_flight_is_given_back() {
    let setup = Setup { concurrency: 4, grace: Duration::ZERO, ..Setup::default() };
    let world = World::with(HANGS_ONCE, setup).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 6)).await;
    let work = world.process.work();
    world.in_flight(4).await;
    work.stop().await;
    let released = given_back(&world.process, batch).await;
    assert_eq!(released.len(), 4);
    world.play("{}");
    finished_by_another(&world, batch, &released).await;
    assert_eq!(world.calls(), 1 + 4 + 6);
}

#[tokio::test]
async fn a_second_signal_hastens_the_end() {
    let setup = Setup { concurrency: 2, grace: Duration::from_hours(1), ..Setup::default() };
    let world = World::with(HANGS_ONCE, setup).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 6)).await;
    let work = world.process.work();
    world.in_flight(2).await;
    work.stop.cancel();
    work.hasten.cancel();
    tokio::time::timeout(Duration::from_secs(20), work.ended()).await.expect("an hour's grace was cut short");
    let released = given_back(&world.process, batch).await;
    assert_eq!(released.len(), 2);
    world.play("{}");
    finished_by_another(&world, batch, &released).await;
}

#[tokio::test]
async fn a_stop_lets_calls_in_flight_finish_and_claims_nothing_more() {
    // Longer than a lease of 3 s: the drain renews.
    let scenario =
        r#"{"rules":[{"when":{"input_contains":"VAT"},"then":{"latency":{"min_ms":3500,"max_ms":3500}}}]}"#;
    let world = World::with(scenario, Setup { concurrency: 4, lease_seconds: 3, ..Setup::default() }).await;
    let process = &world.process;
    let batch = process.batch("", &grid(&["UNGROUNDED"], 6)).await;
    let work = process.work();
    world.in_flight(4).await;
    work.stop().await;
    let view = process.batch_now(batch).await;
    assert_eq!(view.counters, BatchCounters { pending: 2, succeeded: 4, ..BatchCounters::default() });
    assert_eq!(world.number("SELECT count(*) FROM attempts WHERE outcome = 'recorded'").await, 4);
    assert_eq!(world.number("SELECT count(*) FROM attempts").await, 4);
    assert_eq!(world.calls(), 5);
    world.play("{}");
    let second = world.another(Setup::default()).await;
    let work = second.work();
    second.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(world.calls(), 7);
    work.stop().await;
}
