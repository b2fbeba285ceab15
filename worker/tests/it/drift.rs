//! A model that changes under a batch (system.md, "A batch" 5).

use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftKind;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_ops::BatchSubmission;
use stet_store::BatchCounters;

use crate::fixture::{MODEL, Setup, World, grid};

const OTHER: &str = "gpt-4o-2026-06-01";

/// The probe and three cells are answered by the locked version, what follows by another.
const AFTER_FOUR: &str =
    r#"{"rules":[{"when":{"call_from":5},"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;

fn under(policy: &str) -> BatchSubmission {
    BatchSubmission { drift_policy: policy.to_owned(), ..grid(&["UNGROUNDED"], 8) }
}

async fn drifting(scenario: &str, concurrency: u32, policy: &str, fields: &str) -> (World, BatchId) {
    let world = World::with(scenario, Setup { concurrency, ..Setup::default() }).await;
    let batch = world.process.batch(fields, &under(policy)).await;
    (world, batch)
}

#[tokio::test]
async fn hard_quarantines_pauses_and_starts_nothing_more() {
    let (world, batch) = drifting(AFTER_FOUR, 1, "hard", "").await;
    let process = &world.process;
    let work = process.work();
    let view = process.batch_is(batch, BatchStatus::Paused).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::Drift));
    let reason = view.control.reason.as_deref().unwrap();
    assert!(reason.contains("version_changed") && reason.contains(OTHER), "{reason}");
    assert_eq!(
        view.counters,
        BatchCounters { pending: 4, succeeded: 3, quarantined: 1, ..BatchCounters::default() }
    );
    let cells = process.cells(batch).await;
    let kept = cells.iter().find(|run| run.status == RunStatus::Quarantined).unwrap();
    let end = kept.end.as_ref().unwrap();
    assert_eq!((end.error_code, end.drift_kind), (Some(ErrorCode::Drifted), Some(DriftKind::VersionChanged)));
    assert_eq!(end.model_version_effective.as_deref(), Some(OTHER));
    assert!(process.run_now(kept.id).await.output.unwrap().output.is_some(), "kept for the operator");
    process.verified(kept.id).await;
    // The worker goes on with other work, and leaves this batch alone.
    let run = process.run("", "UNGROUNDED").await;
    let single = process.ended(run).await.row.end.unwrap();
    assert_eq!((single.error_code, single.drift_kind), (Some(ErrorCode::ModelVersionMismatch), None));
    assert_eq!(world.calls(), 6, "a probe, four cells, and the single run");
    assert_eq!(process.count(batch, RunStatus::Pending).await, 4);
    work.stop().await;
}

#[tokio::test]
async fn what_is_in_flight_when_the_batch_pauses_ends_and_nothing_starts() {
    let scenario = r#"{"latency":{"min_ms":1,"max_ms":30},
        "rules":[{"when":{"call_from":9},"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;
    let world = World::with(scenario, Setup { concurrency: 4, ..Setup::default() }).await;
    let process = &world.process;
    let submission = BatchSubmission { replicates: 40, ..under("hard") };
    let batch = process.batch("", &submission).await;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    let attempts = "SELECT count(*) FROM attempts";
    let started = world.number(attempts).await;
    let run = process.run("", "UNGROUNDED").await;
    process.ended(run).await;
    work.stop().await;
    assert_eq!(world.number(attempts).await, started + 1, "the single run's alone");
    let counters = process.batch_now(batch).await.counters;
    assert_eq!(counters.running, 0);
    let ended = counters.succeeded + counters.quarantined;
    assert_eq!(ended, u64::try_from(started).unwrap());
    assert!((1..=4).contains(&counters.quarantined), "{counters:?}");
    assert_eq!(counters.pending, 40 - ended);
}

#[tokio::test]
async fn fail_ends_the_drifted_runs_and_goes_on() {
    let (world, batch) = drifting(AFTER_FOUR, 1, "fail", "").await;
    let process = &world.process;
    let work = process.work();
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 3, failed: 5, ..BatchCounters::default() });
    for run in process.cells(batch).await.iter().filter(|run| run.status == RunStatus::Failed) {
        let end = run.end.as_ref().unwrap();
        assert_eq!(
            (end.error_code, end.drift_kind),
            (Some(ErrorCode::Drifted), Some(DriftKind::VersionChanged))
        );
        process.verified(run.id).await;
    }
    work.stop().await;
}

#[tokio::test]
async fn warn_keeps_the_drifted_results_flagged() {
    let (world, batch) = drifting(AFTER_FOUR, 1, "warn", "").await;
    let process = &world.process;
    let work = process.work();
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 8, ..BatchCounters::default() });
    let cells = process.cells(batch).await;
    let of = |kind: Option<DriftKind>, version: &str| {
        let kept = cells.iter().filter_map(|run| run.end.as_ref());
        kept.filter(|end| (end.drift_kind, end.model_version_effective.as_deref()) == (kind, Some(version)))
            .count()
    };
    assert_eq!((of(None, MODEL), of(Some(DriftKind::VersionChanged), OTHER)), (3, 5));
    for run in &cells {
        process.verified(run.id).await;
    }
    work.stop().await;
}

#[tokio::test]
async fn another_fingerprint_is_drift_and_a_missing_one_is_not() {
    let scenario = r#"{"rules":[{"when":{"call_to":3},"then":{"fingerprint":"fp_a"}},
        {"when":{"call_from":6},"then":{"fingerprint":"fp_b"}}]}"#;
    let (world, batch) = drifting(scenario, 1, "hard", "").await;
    let process = &world.process;
    let work = process.work();
    let view = process.batch_is(batch, BatchStatus::Paused).await;
    assert_eq!(view.locks[0].lock.observed.model_fingerprint.as_deref(), Some("fp_a"));
    assert_eq!((view.counters.succeeded, view.counters.quarantined), (4, 1), "two by fp_a, two by none");
    let cells = process.cells(batch).await;
    let kept = cells.iter().find(|run| run.status == RunStatus::Quarantined).unwrap();
    let end = kept.end.as_ref().unwrap();
    assert_eq!(end.drift_kind, Some(DriftKind::FingerprintChanged));
    assert_eq!(end.model_fingerprint.as_deref(), Some("fp_b"));
    work.stop().await;
}

#[tokio::test]
async fn a_fingerprint_that_is_not_allowed_fails_closed() {
    let world = World::new("{}").await;
    let process = &world.process;
    let work = process.work();
    let allowing = r#","model_fingerprint_allowlist":["fp_a","fp_b"]"#;
    let table = [
        (r#"{"then":{"fingerprint":"fp_b"}}"#, None),
        (r#"{"then":{"fingerprint":"fp_c"}}"#, Some(ErrorCode::FingerprintNotAllowed)),
        ("", Some(ErrorCode::FingerprintNotOffered)),
    ];
    for (rule, code) in table {
        world.play(&format!(r#"{{"rules":[{rule}]}}"#));
        let run = process.run(allowing, "UNGROUNDED").await;
        assert_eq!(process.ended(run).await.row.end.unwrap().error_code, code, "single: {rule}");
        let before = world.calls();
        let batch = process.batch(allowing, &under("hard")).await;
        let Some(code) = code else {
            process.batch_is(batch, BatchStatus::Completed).await;
            continue;
        };
        let view = process.batch_is(batch, BatchStatus::Paused).await;
        assert_eq!(view.control.pause_reason, Some(PauseReason::Preflight), "{rule}");
        assert!(view.control.reason.unwrap().starts_with(code.as_str()), "{rule}");
        assert_eq!((view.counters.pending, view.locks.len()), (8, 0), "{rule}");
        assert_eq!(world.calls(), before + 1, "no cell is spent: {rule}");
    }
    work.stop().await;
}
