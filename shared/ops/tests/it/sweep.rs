//! Dead processes: their leases expire at once here, for the setting is zero seconds.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;

use crate::fixture::{MODEL, Start, World, admin, org, single, worker};

async fn mortal() -> World {
    let mut start = Start::default();
    start.settings.lease_seconds = 0;
    World::started(start).await
}

#[tokio::test]
async fn an_expired_lease_goes_back_and_the_third_loss_is_poison() {
    let world = mortal().await;
    let template = world.template().await;
    let run = world.ops.submit_run(&admin(), template, &single(), None).await.unwrap().value.row.id;
    for loss in 1..=2_u32 {
        assert_eq!(world.claim_due().await.len(), 1, "loss {loss}");
        let swept = world.ops.sweep(&worker()).await.unwrap();
        assert_eq!((swept.reclaimed, swept.poisoned.len()), (1, 0), "loss {loss}");
        let row = world.ops.get_run(&admin(), run).await.unwrap().row;
        assert_eq!((row.status, row.crash_count, row.retry_index), (RunStatus::Pending, loss, 0));
    }
    let final_claim = world.claim_due().await;
    let swept = world.ops.sweep(&worker()).await.unwrap();
    assert_eq!((swept.reclaimed, swept.poisoned.as_slice()), (0, &[run][..]));
    let view = world.ops.get_run(&admin(), run).await.unwrap();
    let end = view.row.end.unwrap();
    assert_eq!((view.row.status, end.error_code), (RunStatus::Failed, Some(ErrorCode::Poison)));
    assert!(end.run_sha256.is_some() && end.record_hmac.is_some());
    assert_eq!(world.ops.verify_run(&admin(), run).await.unwrap().disagreement, None);
    let attempts = world.ops.list_attempts(&admin(), run).await.unwrap();
    let lost = attempts.iter().filter(|attempt| attempt.outcome == Some(AttemptOutcome::Lost)).count();
    assert_eq!(lost, 3, "{attempts:?}");
    // The process that was thought dead comes back: its result is refused.
    let result = world.result(&final_claim[0], MODEL, "late").await;
    let commit = world.ops.seal_run(&final_claim[0], result).unwrap();
    let done = world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    assert_eq!(done.fenced, [run]);
    assert_eq!(world.ops.sweep(&worker()).await.unwrap(), stet_ops::Swept::default());
}

#[tokio::test]
async fn a_batch_of_poisoned_cells_completes() {
    let world = mortal().await;
    let template = world.template().await;
    let done = world.ops.submit_batch(&admin(), template, &crate::fixture::grid(), None).await.unwrap();
    let batch = done.value.row.id;
    // Preflight leases are zero seconds too: claim and finish hold by fence alone.
    world.lock(batch).await;
    for _ in 0..3 {
        assert_eq!(world.claim_due().await.len(), 8);
        world.ops.sweep(&worker()).await.unwrap();
    }
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.control.status, view.counters.failed), (BatchStatus::Completed, 8));
}
