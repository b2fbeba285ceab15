//! Leases that ran out (reliability.md rule 6).

use std::time::Duration;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::BatchCounters;

use crate::fixture::{World, admin, until};

const WAIT: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_lost_run_is_taken_back_and_finishes() {
    let world = World::new().await;
    let run = world.run(None).await;
    assert_eq!(world.die("dead-1").await.len(), 1);
    let (scheduler, worker) = (world.scheduler(), world.worker());
    let view = world.ops.wait_run(&admin(), run, WAIT).await.unwrap();
    assert_eq!(
        (view.row.status, view.row.crash_count, view.row.retry_index, view.row.fence.0),
        (RunStatus::Succeeded, 1, 0, 2)
    );
    assert_eq!(world.ops.verify_run(&admin(), run).await.unwrap().disagreement, None);
    let attempts = world.ops.list_attempts(&admin(), run).await.unwrap();
    let told: Vec<_> =
        attempts.iter().map(|attempt| (attempt.worker.as_str(), attempt.outcome.unwrap())).collect();
    assert_eq!(told, [("dead-1", AttemptOutcome::Lost), ("worker", AttemptOutcome::Recorded)]);
    assert_eq!(world.simulator.counts().received, 1);
    scheduler.stop().await;
    worker.stop().await;
}

#[tokio::test]
async fn a_lease_that_holds_is_left_alone() {
    let world = World::new().await;
    let (held, lost) = (world.run(None).await, world.run(None).await);
    let claimed =
        world.ops.claim_runs(&admin().org, &[held], &crate::fixture::named("alive"), u32::MAX).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(world.die("dead-1").await.len(), 1);
    let scheduler = world.scheduler();
    let crashes = async |run| world.ops.get_run(&admin(), run).await.unwrap().row.crash_count;
    until("the sweep of the other", async || (crashes(lost).await == 1).then_some(())).await;
    scheduler.stop().await;
    let row = world.ops.get_run(&admin(), held).await.unwrap().row;
    assert_eq!((row.status, row.fence.0, row.crash_count), (RunStatus::Running, 1, 0));
}

#[tokio::test]
async fn the_third_crash_of_a_run_is_poison() {
    let world = World::new().await;
    let run = world.run(None).await;
    // Two schedulers: each crash is counted once.
    let schedulers = [world.scheduler(), world.scheduler()];
    for crash in 1..=3_i64 {
        let claimed = until("a claim", async || {
            let claimed = world.die(&format!("dead-{crash}")).await;
            (!claimed.is_empty()).then_some(claimed)
        })
        .await;
        assert_eq!(i64::from(claimed[0].row.crash_count), crash - 1);
    }
    let view = world.ops.wait_run(&admin(), run, WAIT).await.unwrap();
    assert_eq!((view.row.status, view.row.crash_count, view.row.retry_index), (RunStatus::Failed, 3, 0));
    let end = view.row.end.unwrap();
    assert_eq!(end.error_code, Some(ErrorCode::Poison));
    assert!(end.run_sha256.is_some() && end.record_hmac.is_some());
    assert_eq!(world.ops.verify_run(&admin(), run).await.unwrap().disagreement, None);
    let attempts = world.ops.list_attempts(&admin(), run).await.unwrap();
    let lost = attempts.iter().filter(|attempt| attempt.outcome == Some(AttemptOutcome::Lost));
    let by: Vec<_> = lost.map(|attempt| attempt.worker.as_str()).collect();
    assert_eq!(by, ["dead-1", "dead-2", "dead-3"]);
    assert_eq!(world.die("dead-4").await.len(), 0, "it is not tried a fourth time");
    for scheduler in schedulers {
        scheduler.stop().await;
    }
}

#[tokio::test]
async fn a_batch_outlives_the_processes_that_die_under_it() {
    let world = World::new().await;
    let batch = world.batch(150).await;
    let scheduler = world.scheduler();
    let worker = world.worker();
    until("the batch under way", async || {
        let counters = world.ops.get_batch(&admin(), batch).await.unwrap().counters;
        (counters.succeeded > 0).then_some(())
    })
    .await;
    // Beside the worker, another process takes what is left and dies with all of it.
    let lost = world.die("dead-1").await.len();
    assert!(lost > 0);
    let view = until("the end", async || {
        let view = world.ops.get_batch(&admin(), batch).await.unwrap();
        (view.control.status == BatchStatus::Completed).then_some(view)
    })
    .await;
    assert_eq!(view.counters, BatchCounters { succeeded: 150, ..BatchCounters::default() });
    let lost = i64::try_from(lost).unwrap();
    assert_eq!(world.number("SELECT CAST(sum(crash_count) AS BIGINT) FROM runs").await, lost);
    assert_eq!(world.number("SELECT count(*) FROM attempts WHERE outcome = 'recorded'").await, 150);
    assert_eq!(world.number("SELECT count(*) FROM attempts").await, 150 + lost);
    assert_eq!(world.simulator.counts().received, 151, "a dead claim called nobody");
    worker.stop().await;
    scheduler.stop().await;
}
