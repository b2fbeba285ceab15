//! Batches from submission to proof.

use std::collections::BTreeMap;

use stet_canon::Digest;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_ops::BatchSubmission;
use stet_store::BatchCounters;

use crate::fixture::{MODEL, Process, Setup, World, grid};

/// Every mode, blocks of signals, and a second try for what brings no evidence.
const FIELDS: &str =
    r#","als":{"template_id":"t-1","catalog":"v1"},"grounding":{"provoker":"Search the web first."}"#;

fn submission() -> BatchSubmission {
    let mut submission = grid(&["UNGROUNDED", "PREFERRED", "REQUIRED"], 5);
    submission.locales.push("fr-FR".to_owned());
    submission
}

/// What the phases' seam compares (system.md, "Phases and modes").
type Map = BTreeMap<u32, [Option<Digest>; 3]>;

async fn completed(process: &Process) -> (BatchId, Map) {
    let batch = process.batch(FIELDS, &submission()).await;
    process.batch_is(batch, BatchStatus::Completed).await;
    let cells = process.cells(batch).await;
    let hashes = cells.into_iter().map(|run| {
        let end = run.end.unwrap();
        (run.batch_run_index, [end.run_sha256, end.response_output_sha256, end.als_block_sha256])
    });
    (batch, hashes.collect())
}

#[tokio::test]
async fn a_batch_of_every_mode_completes_and_every_run_verifies() {
    let world = World::new("{}").await;
    let process = &world.process;
    let work = process.work();
    let (batch, _) = completed(process).await;
    let view = process.batch_now(batch).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 30, ..BatchCounters::default() });
    assert_eq!(view.locks.len(), 1);
    assert_eq!(view.locks[0].lock.observed.model_version, MODEL);
    for run in process.cells(batch).await {
        assert_eq!(
            (run.status, run.retry_index, run.crash_count, run.lock_epoch),
            (RunStatus::Succeeded, 0, 0, Some(1)),
            "{run:?}"
        );
        let attempts = process.attempts(run.id).await;
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Recorded));
        assert!((1..=2).contains(&attempts[0].exchanges.len()), "{:?}", attempts[0]);
        process.verified(run.id).await;
    }
    let exchanges = world.number("SELECT count(*) FROM exchanges").await;
    assert_eq!(world.calls(), u64::try_from(exchanges).unwrap() + 1, "the probe is no exchange of a run");
    work.stop().await;
}

#[tokio::test]
async fn the_same_plan_gives_the_same_hashes_at_any_concurrency() {
    let one_by_one = World::with("{}", Setup { concurrency: 1, ..Setup::default() }).await;
    let at_once = World::with("{}", Setup { concurrency: 32, ..Setup::default() }).await;
    let (_first, _second) = (one_by_one.process.work(), at_once.process.work());
    let (batch, map) = completed(&one_by_one.process).await;
    assert_eq!(map.len(), 30);
    assert!(map.values().flatten().all(Option::is_some), "{map:?}");
    let outputs: std::collections::BTreeSet<_> = map.values().map(|hashes| hashes[1]).collect();
    assert!(outputs.len() > 4, "replicates vary, so that equal maps say something: {outputs:?}");
    let (again, repeated) = completed(&one_by_one.process).await;
    assert_ne!(batch, again);
    assert_eq!(map, repeated, "a second batch of the same plan");
    assert_eq!(map, completed(&at_once.process).await.1, "another database, 32 cells at once");
}
