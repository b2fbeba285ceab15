//! The probe that comes before the first cell (system.md, "A batch" 2).

use std::time::{Duration, Instant};

use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_store::{BatchCounters, BatchView};

use crate::fixture::{Setup, World, grid, org};

const CELLS: u64 = 3;

async fn preflighted(world: &World, status: BatchStatus) -> (BatchId, BatchView) {
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 3)).await;
    let view = world.process.batch_is(batch, status).await;
    (batch, view)
}

/// What happens to every probe.
fn probes(then: &str) -> String {
    format!(r#"{{"rules":[{{"when":{{"input_contains":"Reply with OK."}},"then":{then}}}]}}"#)
}

#[tokio::test]
async fn another_version_pauses_before_a_cell_is_spent() {
    let world = World::new(&probes(r#"{"model_version":"gpt-4o-2024-11-20"}"#)).await;
    let work = world.process.work();
    let (_, view) = preflighted(&world, BatchStatus::Paused).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::Preflight));
    let reason = view.control.reason.unwrap();
    assert!(reason.starts_with("MODEL_VERSION_MISMATCH") && reason.contains("gpt-4o-2024-11-20"), "{reason}");
    assert_eq!(view.counters, BatchCounters { pending: CELLS, ..BatchCounters::default() });
    // The worker has looked again since, for it did other work.
    let run = world.process.run("", "UNGROUNDED").await;
    assert_eq!(world.process.ended(run).await.row.status, RunStatus::Succeeded);
    assert_eq!(world.calls(), 2);
    assert_eq!(world.number("SELECT count(*) FROM attempts").await, 1);
    work.stop().await;
}

#[tokio::test]
async fn a_passing_error_is_tried_again() {
    let scenario = r#"{"rules":[{"when":{"call_to":1},"then":{"fault":{"error":{"status":500}}}}]}"#;
    let world = World::new(scenario).await;
    let work = world.process.work();
    let (_, view) = preflighted(&world, BatchStatus::Completed).await;
    assert_eq!((view.control.preflight_attempts, view.locks.len()), (2, 1));
    assert_eq!(view.counters.succeeded, CELLS);
    let calls = world.simulator.calls(0, 2);
    assert!(calls[1].received_us - calls[0].received_us >= 999_000, "{calls:?}");
    work.stop().await;
}

#[tokio::test]
async fn a_probe_is_not_sent_again_because_the_database_was_away() {
    let world = World::new(&probes(r#"{"latency":{"min_ms":300,"max_ms":300}}"#)).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 3)).await;
    let work = world.process.work();
    world.in_flight(1).await;
    // As the probe is answered nothing can be written, for longer than one try lasts.
    let store = world.database.process().await.store;
    let mut holder = store.begin(&org("default")).await.unwrap();
    assert!(holder.hold_batch(batch).await.unwrap());
    tokio::time::sleep(Duration::from_secs(11)).await;
    drop(holder);
    world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(world.calls(), 1 + CELLS);
    work.stop().await;
}

#[tokio::test]
async fn a_final_error_and_too_many_passing_ones_fail_the_batch() {
    let table = [(400, "PROVIDER_REJECTED", 1), (500, "PROVIDER_SERVER_ERROR", 2)];
    for (status, code, probes_made) in table {
        let world = World::new(&probes(&format!(r#"{{"fault":{{"error":{{"status":{status}}}}}}}"#))).await;
        let process = &world.process;
        let work = process.work();
        let (batch, view) = preflighted(&world, BatchStatus::Failed).await;
        assert!(view.control.reason.unwrap().starts_with(code), "{status}");
        assert_eq!(view.counters, BatchCounters { cancelled: CELLS, ..BatchCounters::default() });
        for run in process.cells(batch).await {
            assert_eq!(run.status, RunStatus::Cancelled);
            assert_eq!(run.end.unwrap().error_code, Some(ErrorCode::BatchEnded));
            assert_eq!(run.fence.0, 0, "it was never claimed");
            process.verified(run.id).await;
        }
        assert_eq!(world.calls(), probes_made, "{status}");
        work.stop().await;
    }
}

#[tokio::test]
async fn an_exhausted_quota_pauses_for_the_outage() {
    let world = World::new(&probes(r#"{"fault":{"quota":{}}}"#)).await;
    let work = world.process.work();
    let (_, view) = preflighted(&world, BatchStatus::Paused).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::ProviderOutage));
    assert_eq!(view.counters.pending, CELLS);
    work.stop().await;
}

#[tokio::test]
async fn a_probe_that_a_stop_cuts_short_is_the_next_workers_at_once() {
    let scenario = r#"{"rules":[{"when":{"call_to":1},"then":{"fault":"hang"}}]}"#;
    let world = World::with(scenario, Setup { grace: Duration::ZERO, ..Setup::default() }).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 3)).await;
    let work = world.process.work();
    world.in_flight(1).await;
    work.stop().await;
    let begun = Instant::now();
    let second = world.another(Setup::default()).await;
    let work = second.work();
    let view = second.batch_is(batch, BatchStatus::Completed).await;
    assert!(begun.elapsed() < Duration::from_secs(30), "it did not wait for the end of a lease of 60 s");
    assert_eq!((view.control.preflight_attempts, view.counters.succeeded), (1, CELLS));
    work.stop().await;
}

#[tokio::test]
async fn a_silent_provider_fails_the_batch_and_is_not_asked_for_ever() {
    // A claim is trusted for five sixths of 2 s, far less than a call may take.
    let world =
        World::with(&probes(r#"{"fault":"hang"}"#), Setup { lease_seconds: 2, ..Setup::default() }).await;
    let work = world.process.work();
    let (_, view) = preflighted(&world, BatchStatus::Failed).await;
    assert!(view.control.reason.unwrap().starts_with("PROVIDER_TIMEOUT"));
    assert_eq!((view.control.preflight_attempts, view.counters.cancelled), (2, CELLS));
    assert_eq!(world.calls(), 2);
    work.stop().await;
}
