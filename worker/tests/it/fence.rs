//! Leases that pass on while a call is in flight (reliability.md rules 3 and 4).

use std::time::Duration;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::RunId;
use stet_domain::run::RunStatus;
use stet_store::{BatchCounters, ClaimedRun, Wanted};

use crate::fixture::{Process, Setup, World, grid, org, until};

/// What another process does with a lease that has ended: sweeps the run, and claims it.
async fn take_over(world: &World, other: &Process) -> Vec<ClaimedRun> {
    world.sql("UPDATE runs SET lease_until_us = 0 WHERE status = 'running'").await;
    assert_eq!(other.ops.sweep(&other.name).await.unwrap().reclaimed, 1);
    let due: Vec<RunId> =
        other.ops.offered_runs(&Wanted::all(10)).await.unwrap().into_iter().map(|run| run.id).collect();
    other.ops.claim_runs(&org("default"), &due, &other.name, u32::MAX).await.unwrap()
}

#[tokio::test]
async fn a_late_result_writes_nothing_and_its_attempt_is_fenced() {
    let scenario =
        r#"{"rules":[{"when":{"input_contains":"VAT"},"then":{"latency":{"min_ms":1500,"max_ms":1500}}}]}"#;
    // Leases of a minute: the first renewal after the claim is far off, so that it is the commit that finds out.
    // One slot, which the call holds: the process that lost the run does not take it again.
    let world = World::with(scenario, Setup { concurrency: 1, ..Setup::default() }).await;
    let process = &world.process;
    let batch = process.batch("", &grid(&["UNGROUNDED"], 1)).await;
    let run = process.cells(batch).await[0].id;
    let other = world.another(Setup::default()).await;
    let work = process.work();
    until("a call", async || (world.calls() == 2).then_some(())).await;
    let claimed = take_over(&world, &other).await;
    assert_eq!((claimed.len(), claimed[0].row.fence.0, claimed[0].row.crash_count), (1, 2, 1));

    until("the fenced attempt", async || {
        (process.attempts(run).await[0].outcome == Some(AttemptOutcome::Fenced)).then_some(())
    })
    .await;
    let attempts = process.attempts(run).await;
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].exchanges.len(), 1, "what it exchanged is kept for the operator");
    assert_eq!((attempts[1].worker.as_str(), attempts[1].outcome), ("process-2", None));
    let view = process.run_now(run).await;
    assert_eq!((view.row.status, view.row.fence.0), (RunStatus::Running, 2));
    assert!(view.row.end.is_none() && view.output.is_none(), "{view:?}");
    let counters = process.batch_now(batch).await.counters;
    assert_eq!(counters, BatchCounters { running: 1, ..BatchCounters::default() });

    // The process that holds it now dies as well; the run is done under a third fence.
    world.sql("UPDATE runs SET lease_until_us = 0 WHERE status = 'running'").await;
    assert_eq!(process.ops.sweep(&process.name).await.unwrap().reclaimed, 1);
    process.ring();
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 1, ..BatchCounters::default() });
    let outcomes: Vec<_> =
        process.attempts(run).await.into_iter().map(|attempt| attempt.outcome.unwrap()).collect();
    assert_eq!(outcomes, [AttemptOutcome::Fenced, AttemptOutcome::Lost, AttemptOutcome::Recorded]);
    process.verified(run).await;
    work.stop().await;
}

#[tokio::test]
async fn a_renewal_that_finds_the_lease_gone_stops_the_call() {
    let scenario = r#"{"rules":[{"when":{"try_to":1},"then":{"fault":"hang"}}]}"#;
    let world = World::with(scenario, Setup { lease_seconds: 2, ..Setup::default() }).await;
    let process = &world.process;
    let work = process.work();
    let run = process.run("", "UNGROUNDED").await;
    world.in_flight(1).await;
    let other = world.another(Setup::default()).await;
    assert_eq!(take_over(&world, &other).await.len(), 1);
    // The provider sees the call end although it never answered.
    world.in_flight(0).await;
    let attempts = process.attempts(run).await;
    assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Lost));
    let view = process.run_now(run).await;
    assert_eq!((view.row.status, view.row.fence.0), (RunStatus::Running, 2));
    assert!(view.output.is_none());
    work.stop().await;
    let view = process.run_now(run).await;
    assert_eq!(
        (view.row.status, view.row.fence.0),
        (RunStatus::Running, 2),
        "a stop hands back its own alone"
    );
}

#[tokio::test]
async fn a_lease_is_renewed_for_as_long_as_the_call_takes() {
    // More than two leases of 3 s.
    let scenario = r#"{"latency":{"min_ms":6500,"max_ms":6500}}"#;
    let world = World::with(scenario, Setup { lease_seconds: 3, ..Setup::default() }).await;
    let process = &world.process;
    let work = process.work();
    let run = process.run("", "UNGROUNDED").await;
    let watching = async {
        until("the end", async || {
            assert_eq!(process.ops.sweep(&process.name).await.unwrap().reclaimed, 0);
            process.run_now(run).await.row.status.is_terminal().then_some(())
        })
        .await;
    };
    tokio::time::timeout(Duration::from_secs(30), watching).await.unwrap();
    let view = process.ended(run).await;
    assert_eq!((view.row.status, view.row.fence.0), (RunStatus::Succeeded, 1));
    assert_eq!(world.calls(), 1);
    work.stop().await;
}

#[tokio::test]
async fn a_claim_that_is_answered_when_its_lease_may_be_over_is_handed_back() {
    let world = World::new(r#"{"latency":{"min_ms":20,"max_ms":40}}"#).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 40)).await;
    let first = world.another(Setup { concurrency: 1, ..Setup::default() }).await.work();
    world.process.batch_is(batch, BatchStatus::Running).await;
    first.stop().await;
    // Leases of two seconds are trusted for less: somebody has the batch for longer than that while the claim waits.
    let store = world.database.process().await.store;
    let mut holder = store.begin(&org("default")).await.unwrap();
    assert!(holder.hold_batch(batch).await.unwrap());
    let second = world.another(Setup { lease_seconds: 2, ..Setup::default() }).await.work();
    tokio::time::sleep(Duration::from_millis(2_600)).await;
    drop(holder);
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 40, ..BatchCounters::default() });
    assert!(world.number("SELECT count(*) FROM attempts WHERE outcome = 'released'").await > 0);
    assert_eq!(world.number("SELECT count(*) FROM runs WHERE crash_count > 0").await, 0);
    let counts = world.simulator.counts();
    assert_eq!((counts.received, counts.distinct), (41, 41), "{:?}", counts.repeated);
    second.stop().await;
}
