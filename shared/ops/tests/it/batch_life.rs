//! A batch from submission to proof, driven by hand.

use stet_domain::Provider;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_ops::rows::CommitRow;
use stet_ops::{BatchSubmission, RunRetry};
use stet_store::{BatchCounters, ClaimedRun, OfferedPreflight, ReleaseRow, RetryRow, RunFilter};

use crate::fixture::{FIRST_PAGE, MODEL, World, admin, exchange, grid, org};

#[tokio::test]
async fn from_preflight_to_proof() {
    let world = World::new().await;
    let org = org("default");
    let template = world.template().await;
    let batch = world.ops.submit_batch(&admin(), template, &grid(), None).await.unwrap().value.row.id;
    assert!(world.due().await.is_empty(), "no cell before the lock");
    let due = OfferedPreflight { org: org.clone(), batch, provider: Provider::OpenAi };
    assert_eq!(world.due_preflights().await, [due]);
    world.rings.take();
    world.lock(batch).await;
    assert_eq!(world.rings.take(), [format!("default {batch}")], "cells may start: rung");
    assert!(world.due_preflights().await.is_empty());
    assert!(world.ops.next_offer(Provider::ALL).await.unwrap().unwrap().is_zero());

    let claimed = world.claim_due().await;
    assert_eq!(claimed.len(), 8);
    assert!(world.due().await.is_empty());
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!(view.counters, BatchCounters { running: 8, ..BatchCounters::default() });
    let leases: Vec<_> = claimed.iter().map(|run| (run.row.id, run.row.fence)).collect();
    assert_eq!(world.ops.renew_leases(&org, &leases).await.unwrap().renewed.len(), 8);

    let mut commits: Vec<CommitRow> = Vec::new();
    for run in &claimed {
        assert_eq!(run.lock.as_ref().unwrap().lock.epoch, 1);
        let result = world.result(run, MODEL, "19 %").await;
        commits.push(world.ops.seal_run(run, result).unwrap());
    }
    let last = commits.split_off(7);
    assert_eq!(world.ops.commit_runs(&org, &commits).await.unwrap().written.len(), 7);
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.control.status, view.completed_at), (BatchStatus::Running, None));
    assert_eq!(world.ops.commit_runs(&org, &last).await.unwrap().written.len(), 1);
    let again = world.ops.commit_runs(&org, &last).await.unwrap();
    assert_eq!((again.written.len(), again.fenced.len()), (1, 0), "a lost answer, tried again");

    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!(view.control.status, BatchStatus::Completed);
    assert_eq!(view.counters, BatchCounters { succeeded: 8, ..BatchCounters::default() });
    assert!(view.completed_at.is_some());
    for run in &claimed {
        let verified = world.ops.verify_run(&admin(), run.row.id).await.unwrap();
        assert_eq!(verified.disagreement, None);
        let attempts = world.ops.list_attempts(&admin(), run.row.id).await.unwrap();
        assert_eq!(attempts.len(), 1);
        assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Recorded));
        assert_eq!(attempts[0].exchanges, [exchange("19 %")]);
    }
    let filter = RunFilter { status: Some(RunStatus::Succeeded), ..RunFilter::of_batch(batch) };
    assert_eq!(world.ops.list_runs(&admin(), &filter, FIRST_PAGE).await.unwrap().items.len(), 8);
    assert_eq!(world.ops.next_offer(Provider::ALL).await.unwrap(), None);
}

#[tokio::test]
async fn a_retry_waits_keeps_its_cell_and_counts() {
    let world = World::new().await;
    world.running_batch().await;
    let claimed = world.claim_due().await;
    let first = &claimed[0];
    let row = RetryRow {
        run: first.row.id,
        fence: first.row.fence,
        delay_ms: 0,
        burn: true,
        error_code: ErrorCode::ProviderTimeout,
        error_detail: "no answer in 60 s".to_owned(),
        exchanges: vec![exchange("")],
        finished_at: first.row.created_at,
    };
    let retry = RunRetry { batch: first.row.batch, outage: false, row };
    let done = world.ops.retry_runs(&org("default"), vec![retry]).await.unwrap();
    assert_eq!(done.written, [first.row.id]);
    let again = world.claim_due().await;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].row.id, again[0].row.retry_index), (first.row.id, 1));
    assert!(again[0].row.fence > first.row.fence);
    let attempts = world.ops.list_attempts(&admin(), first.row.id).await.unwrap();
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].error_code, Some(ErrorCode::ProviderTimeout));
}

#[tokio::test]
async fn what_was_fenced_writes_nothing() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let stale = &claimed[0];
    let at = stale.row.created_at;
    let release = ReleaseRow { run: stale.row.id, fence: stale.row.fence, at };
    assert_eq!(world.ops.release_runs(&org("default"), &[release]).await.unwrap(), [stale.row.id]);
    let result = world.result(stale, MODEL, "too late").await;
    let commit = world.ops.seal_run(stale, result).unwrap();
    let done = world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    assert_eq!((done.written.len(), done.fenced.as_slice()), (0, &[stale.row.id][..]));
    let view = world.ops.get_run(&admin(), stale.row.id).await.unwrap();
    assert_eq!((view.row.status, view.row.retry_index), (RunStatus::Pending, 0));
    assert_eq!(view.output, None);
    let counters = world.ops.get_batch(&admin(), batch).await.unwrap().counters;
    assert_eq!((counters.pending, counters.running, counters.succeeded), (1, 7, 0));
}

#[tokio::test]
async fn drift_quarantines_and_pauses_in_one_step() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let result = world.result(&claimed[0], "gpt-4o-2024-11-20", "21 %").await;
    assert_eq!(result.status, RunStatus::Quarantined);
    let commit = world.ops.seal_run(&claimed[0], result).unwrap();
    let commits = [commit];
    world.ops.commit_runs(&org("default"), &commits).await.unwrap();
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!(view.control.status, BatchStatus::Paused);
    assert_eq!(view.control.pause_reason, Some(PauseReason::Drift));
    assert!(view.control.reason.unwrap().contains("gpt-4o-2024-11-20"));
    assert_eq!(view.counters.quarantined, 1);
    // Runs in flight still commit, and a paused batch does not complete by itself.
    let mut rest = Vec::new();
    for run in &claimed[1..] {
        rest.push(world.ops.seal_run(run, world.result(run, MODEL, "19 %").await).unwrap());
    }
    assert_eq!(world.ops.commit_runs(&org("default"), &rest).await.unwrap().written.len(), 7);
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.control.status, view.counters.succeeded), (BatchStatus::Paused, 7));
    assert!(world.ops.verify_run(&admin(), claimed[0].row.id).await.unwrap().is_intact());
}

#[tokio::test]
async fn a_result_that_is_written_twice_pauses_its_batch_once() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let drifted = world.result(&claimed[0], "gpt-4o-2024-11-20", "21 %").await;
    let commits = [world.ops.seal_run(&claimed[0], drifted).unwrap()];
    let outages = [outage(&claimed[1])];
    let status = async || world.ops.get_batch(&admin(), batch).await.unwrap().control.status;
    let goes_on = "UPDATE batch_controls SET status = 'running', pause_reason = NULL, reason = NULL";
    for first in [true, false] {
        let expected = if first { BatchStatus::Paused } else { BatchStatus::Running };
        let done = world.ops.commit_runs(&org("default"), &commits).await.unwrap();
        assert_eq!((done.written.len(), done.recognised.is_empty(), status().await), (1, first, expected));
        // An operator has decided meanwhile; the answers of both writes were lost.
        world.database.sql(goes_on).await;
        let done = world.ops.retry_runs(&org("default"), outages.to_vec()).await.unwrap();
        assert_eq!((done.written.len(), done.recognised.is_empty(), status().await), (1, first, expected));
        world.database.sql(goes_on).await;
    }
}

/// The end of an attempt that met an account without quota.
fn outage(run: &ClaimedRun) -> RunRetry {
    RunRetry {
        batch: run.row.batch,
        outage: true,
        row: RetryRow {
            run: run.row.id,
            fence: run.row.fence,
            delay_ms: 0,
            burn: false,
            error_code: ErrorCode::ProviderQuotaExhausted,
            error_detail: "insufficient_quota".to_owned(),
            exchanges: Vec::new(),
            finished_at: run.row.created_at,
        },
    }
}

#[tokio::test]
async fn an_outage_pauses_and_burns_nothing() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let retries = claimed.iter().map(outage).collect();
    assert_eq!(world.ops.retry_runs(&org("default"), retries).await.unwrap().written.len(), 8);
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!(view.control.pause_reason, Some(PauseReason::ProviderOutage));
    assert_eq!(view.control.reason.as_deref(), Some("PROVIDER_QUOTA_EXHAUSTED: insufficient_quota"));
    assert!(world.claim_due().await.is_empty(), "a paused batch starts nothing");
    let run = world.ops.get_run(&admin(), claimed[0].row.id).await.unwrap().row;
    assert_eq!((run.status, run.retry_index), (RunStatus::Pending, 0));
}

#[tokio::test]
async fn no_more_cells_run_at_once_than_the_batch_allows() {
    let world = World::new().await;
    let template = world.template().await;
    let narrow = BatchSubmission { max_parallel: Some(3), ..grid() };
    let batch = world.ops.submit_batch(&admin(), template, &narrow, None).await.unwrap().value.row.id;
    world.lock(batch).await;
    let claimed = world.claim_due().await;
    assert_eq!(claimed.len(), 3);
    assert!(world.claim_due().await.is_empty());
    let result = world.result(&claimed[0], MODEL, "19 %").await;
    let commit = world.ops.seal_run(&claimed[0], result).unwrap();
    world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    assert_eq!(world.claim_due().await.len(), 1);
}
