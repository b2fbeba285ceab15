//! What an operator decides on a batch that stands still (system.md, "A batch" 6).

use stet_domain::batch::{BatchStatus, PauseReason, ResumeLock};
use stet_domain::drift::DriftKind;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_ops::{BatchSubmission, OpError, Resume, RetriedCells};
use stet_store::{BatchCounters, PageRequest};

use crate::fixture::{MODEL, Process, Setup, World, admin, grid};

const OTHER: &str = "gpt-4o-2026-06-01";

/// The probe and three cells are answered by the locked version, what follows by another.
const AFTER_FOUR: &str =
    r#"{"rules":[{"when":{"call_from":5},"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;
const ALWAYS_OTHER: &str = r#"{"rules":[{"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;

const QUARANTINED: RetriedCells = RetriedCells { failed: false, quarantined: true };

/// A batch of eight cells that drifted at its fourth.
async fn drifted() -> (World, BatchId) {
    let world = World::with(AFTER_FOUR, Setup { concurrency: 1, ..Setup::default() }).await;
    let batch = world.process.batch("", &BatchSubmission { ..grid(&["UNGROUNDED"], 8) }).await;
    (world, batch)
}

fn resume(lock: ResumeLock, accept_version: Option<&str>) -> Resume {
    Resume { lock, accept_version: accept_version.map(str::to_owned), reason: "looked into it".to_owned() }
}

async fn refusal(process: &Process, batch: BatchId, asked: &Resume) -> String {
    match process.ops.resume_batch(&admin(), batch, asked).await {
        Err(OpError::ResumeRefused { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn under_the_same_lock_it_goes_on_when_the_provider_is_back() {
    let (world, batch) = drifted().await;
    let process = &world.process;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    let same = resume(ResumeLock::Same, None);
    let words = refusal(process, batch, &same).await;
    assert!(words.contains("DRIFTED") && words.contains(MODEL) && words.contains(OTHER), "{words}");
    let view = process.batch_now(batch).await;
    assert_eq!(
        (view.control.status, view.control.pause_reason),
        (BatchStatus::Paused, Some(PauseReason::Drift))
    );
    assert_eq!((view.locks.len(), view.counters.pending), (1, 4), "no cell was spent on it");

    world.play("{}");
    let retried =
        process.ops.retry_cells(&admin(), batch, QUARANTINED, "the provider is back").await.unwrap();
    assert!(retried.changed && retried.batch.control.status == BatchStatus::Paused);
    let again = process.ops.retry_cells(&admin(), batch, QUARANTINED, "the provider is back").await.unwrap();
    assert!(!again.changed);
    let resumed = process.ops.resume_batch(&admin(), batch, &same).await.unwrap();
    assert!(resumed.changed);
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 8, ..BatchCounters::default() });
    assert_eq!(view.locks.len(), 1, "the epoch goes on");
    let cells = process.cells(batch).await;
    assert_eq!(cells.len(), 9, "the quarantined run stays beside the one that follows it");
    assert_eq!(cells.iter().filter(|run| run.status == RunStatus::Quarantined).count(), 1);
    for run in &cells {
        process.verified(run.id).await;
    }
    assert_eq!(process.ops.verify_batch(&admin(), batch).await.unwrap().disagreement, None);
    // The second of two resumes finds what the first brought about only while the batch runs; a completed one is past it.
    let late = process.ops.resume_batch(&admin(), batch, &same).await;
    assert!(matches!(late, Err(OpError::BatchState { status: BatchStatus::Completed, .. })), "{late:?}");
    work.stop().await;
}

#[tokio::test]
async fn under_a_new_lock_the_accepted_version_is_spelled_out() {
    let (world, batch) = drifted().await;
    let process = &world.process;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    world.play(ALWAYS_OTHER);
    let words = refusal(process, batch, &resume(ResumeLock::New, None)).await;
    assert!(words.contains("MODEL_VERSION_MISMATCH") && words.contains(OTHER), "{words}");
    let words = refusal(process, batch, &resume(ResumeLock::New, Some("gpt-4o-2027-01-01"))).await;
    assert!(words.contains("gpt-4o-2027-01-01"), "{words}");
    let accepted = resume(ResumeLock::New, Some(OTHER));
    let resumed = process.ops.resume_batch(&admin(), batch, &accepted).await.unwrap();
    assert!(resumed.changed);
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 7, quarantined: 1, ..BatchCounters::default() });
    assert_eq!((view.control.lock_epoch, view.locks.len()), (Some(2), 2));
    assert_eq!(view.locks[1].lock_version.as_deref(), Some(OTHER));
    assert_eq!(view.locks[1].lock.observed.model_version, OTHER);
    let cells = process.cells(batch).await;
    let of = |epoch| {
        cells.iter().filter(|run| run.lock_epoch == Some(epoch) && run.status == RunStatus::Succeeded).count()
    };
    assert_eq!((of(1), of(2)), (3, 4), "finished cells keep their epoch");
    for run in &cells {
        process.verified(run.id).await;
    }
    assert_eq!(process.ops.verify_batch(&admin(), batch).await.unwrap().disagreement, None);

    let drift = process.ops.get_drift(&admin(), batch).await.unwrap();
    let seen: Vec<_> = drift
        .observations
        .iter()
        .map(|row| (row.lock_epoch, row.model_version.as_str(), row.drift_kind, row.runs))
        .collect();
    let changed = Some(DriftKind::VersionChanged);
    assert_eq!(seen, [(Some(1), MODEL, None, 3), (Some(1), OTHER, changed, 1), (Some(2), OTHER, None, 4)]);
    assert_eq!(drift.first().unwrap().batch_run_index, 3);
    work.stop().await;
}

#[tokio::test]
async fn fifty_resumes_at_once_are_one_transition() {
    let (world, batch) = drifted().await;
    let work = world.process.work();
    world.process.batch_is(batch, BatchStatus::Paused).await;
    world.play(r#"{"latency":{"min_ms":200,"max_ms":200}}"#);
    let probes = world.calls();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let ops = world.process.ops.clone();
        asking.spawn(async move { ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await });
    }
    let answers: Vec<_> = asking.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| answer.changed).count(), 1);
    assert!(answers.iter().all(|answer| answer.batch.control.status != BatchStatus::Paused));
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!((view.counters.succeeded, view.counters.quarantined), (7, 1));
    assert_eq!(world.calls() - probes, 5, "one probe, four cells");
    work.stop().await;
}

#[tokio::test]
async fn a_pause_is_kept_to_and_a_batch_that_was_paused_before_its_lock_begins_anew() {
    let world = World::with("{}", Setup { concurrency: 1, ..Setup::default() }).await;
    let process = &world.process;
    let batch = process.batch("", &grid(&["UNGROUNDED"], 4)).await;
    let paused = process.ops.pause_batch(&admin(), batch, Some("not yet")).await.unwrap();
    assert!(paused.changed);
    assert!(!process.ops.pause_batch(&admin(), batch, None).await.unwrap().changed);
    assert_eq!(paused.batch.control.pause_reason, Some(PauseReason::Operator));
    let work = process.work();
    let run = process.run("", "UNGROUNDED").await;
    process.ended(run).await;
    assert_eq!(world.calls(), 1, "the single run's: neither probe nor cell");
    let resumed = process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await.unwrap();
    assert_eq!(resumed.batch.locks.len(), 1);
    process.batch_is(batch, BatchStatus::Completed).await;
    let audit = process.ops.list_audit(&admin(), PageRequest { after: None, limit: 50 }).await.unwrap().items;
    let of = |name: &str| {
        audit.iter().filter(|row| row.operation == name && row.subject == batch.to_string()).count()
    };
    assert_eq!((of("pause_batch"), of("resume_batch")), (1, 2), "asked for by a person, done by a worker");
    work.stop().await;
}

#[tokio::test]
async fn a_cancel_ends_what_waits_and_a_pause_takes_a_resume_back() {
    let (world, batch) = drifted().await;
    let process = &world.process;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    work.stop().await;
    // Nobody is there to look at the model: the wish stands.
    let ops = process.ops.clone();
    let asking =
        tokio::spawn(async move { ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await });
    crate::fixture::until("the wish", async || process.batch_now(batch).await.resume).await;
    let other = process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::New, None)).await;
    assert!(matches!(other, Err(OpError::BatchState { .. })), "{other:?}");
    assert!(process.ops.pause_batch(&admin(), batch, Some("wait")).await.unwrap().changed);
    assert!(matches!(asking.await.unwrap(), Err(OpError::ResumeRefused { .. })));
    let cancelled = process.ops.cancel_batch(&admin(), batch, "not worth it").await.unwrap();
    assert!(cancelled.changed && !process.ops.cancel_batch(&admin(), batch, "again").await.unwrap().changed);
    let expected = BatchCounters { succeeded: 3, quarantined: 1, cancelled: 4, ..BatchCounters::default() };
    assert_eq!(cancelled.batch.counters, expected);
    assert_eq!(cancelled.batch.control.reason.as_deref(), Some("not worth it"));
    for refused in [
        process.ops.pause_batch(&admin(), batch, None).await,
        process.ops.retry_cells(&admin(), batch, QUARANTINED, "x").await,
        process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await,
    ] {
        assert!(
            matches!(refused, Err(OpError::BatchState { status: BatchStatus::Cancelled, .. })),
            "{refused:?}"
        );
    }
    assert_eq!(process.ops.verify_batch(&admin(), batch).await.unwrap().disagreement, None);
}
