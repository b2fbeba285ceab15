//! Several workers on one database.

use std::collections::BTreeSet;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::RunId;
use stet_store::BatchCounters;

use crate::fixture::{Setup, World, grid, org};

#[tokio::test]
async fn two_workers_never_run_a_cell_twice() {
    // Few slots and calls long enough for the second worker's next look at the rows, for no bell of the first reaches it.
    let few = || Setup { concurrency: 8, ..Setup::default() };
    let world = World::with(r#"{"latency":{"min_ms":100,"max_ms":200}}"#, few()).await;
    let second = world.another(few()).await;
    let works = [world.process.work(), second.work()];
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 120)).await;
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 120, ..BatchCounters::default() });
    let counts = world.simulator.counts();
    assert_eq!((counts.received, counts.distinct), (121, 121), "{:?}", counts.repeated);
    let mut workers = BTreeSet::new();
    for run in world.process.cells(batch).await {
        let attempts = world.process.attempts(run.id).await;
        assert_eq!(attempts.len(), 1, "{attempts:?}");
        assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Recorded));
        workers.insert(attempts[0].worker.clone());
    }
    assert_eq!(workers.len(), 2, "both took part: {workers:?}");
    for work in works {
        work.stop().await;
    }
}

#[tokio::test]
async fn of_two_claims_of_the_same_runs_one_holds() {
    let world = World::new("{}").await;
    let second = world.another(Setup::default()).await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 50)).await;
    let work = world.process.work();
    world.process.batch_is(batch, BatchStatus::Completed).await;
    work.stop().await;
    // Without a worker from here on: a batch whose probe has passed, and twelve claimants of all of its cells.
    let waiting = world.process.batch("", &grid(&["UNGROUNDED"], 50)).await;
    world
        .sql("UPDATE batch_controls SET status = 'running', lock_epoch = NULL WHERE status = 'preflight'")
        .await;
    let ids: Vec<RunId> = world.process.cells(waiting).await.into_iter().map(|run| run.id).collect();
    let mut claims = Vec::new();
    for process in [&world.process, &second].into_iter().cycle().take(12) {
        let (ops, ids, name) = (process.ops.clone(), ids.clone(), process.name.clone());
        claims.push(tokio::spawn(async move {
            ops.claim_runs(&org("default"), &ids, &name, u32::MAX).await.unwrap().len()
        }));
    }
    let mut held = 0;
    for claim in claims {
        held += claim.await.unwrap();
    }
    assert_eq!(held, 50);
    assert_eq!(world.number("SELECT max(fence) FROM runs").await, 1);
}
