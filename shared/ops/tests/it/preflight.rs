//! How a preflight may end.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_domain::run::RunStatus;
use stet_ops::{PreflightEnd, PreflightLock, PreflightRetry};
use stet_store::{PreflightClaim, RunFilter};

use crate::fixture::{FIRST_PAGE, MODEL, World, admin, grid, observed, org, probe, worker};

fn retry() -> PreflightRetry {
    PreflightRetry {
        delay_ms: 0,
        burn: true,
        code: ErrorCode::ProviderServerError,
        detail: "500".to_owned(),
        exchanges: vec![probe()],
    }
}

async fn claimed(world: &World) -> (BatchId, PreflightClaim) {
    let template = world.template().await;
    let batch = world.ops.submit_batch(&admin(), template, &grid(), None).await.unwrap().value.row.id;
    let claim = world.ops.claim_preflight(&org("default"), batch, &worker()).await.unwrap();
    (batch, claim.expect("it is due"))
}

#[tokio::test]
async fn another_version_pauses_before_a_cell_is_spent() {
    let world = World::new().await;
    let (batch, claim) = claimed(&world).await;
    let second = world.ops.claim_preflight(&org("default"), batch, &worker()).await.unwrap();
    assert_eq!(second, None, "one looks at a time");
    let end = PreflightEnd::Refused {
        code: ErrorCode::ModelVersionMismatch,
        detail: "seen gpt-4o-2024-11-20".to_owned(),
    };
    assert!(world.ops.finish_preflight(&org("default"), &claim, end.clone(), vec![probe()]).await.unwrap());
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!(view.control.status, BatchStatus::Paused);
    assert_eq!(view.control.pause_reason, Some(PauseReason::Preflight));
    assert_eq!(view.control.reason.as_deref(), Some("MODEL_VERSION_MISMATCH: seen gpt-4o-2024-11-20"));
    assert_eq!((view.control.lock_epoch, view.locks.len(), view.counters.pending), (None, 0, 8));
    assert!(
        !world.ops.finish_preflight(&org("default"), &claim, end, vec![probe()]).await.unwrap(),
        "it is over"
    );
}

#[tokio::test]
async fn a_final_error_fails_the_batch_and_calls_off_its_runs() {
    let world = World::new().await;
    let (batch, claim) = claimed(&world).await;
    let end = PreflightEnd::Failed { code: ErrorCode::ProviderAuth, detail: "401".to_owned() };
    assert!(world.ops.finish_preflight(&org("default"), &claim, end, vec![probe()]).await.unwrap());
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.control.status, view.counters.cancelled), (BatchStatus::Failed, 8));
    let filter = RunFilter::of_batch(batch);
    for run in world.ops.list_runs(&admin(), &filter, FIRST_PAGE).await.unwrap().items {
        assert_eq!(run.status, RunStatus::Cancelled);
        let end = run.end.expect("it is terminal");
        assert_eq!((end.error_code, end.run_sha256), (Some(ErrorCode::BatchEnded), None));
        assert!(world.ops.verify_run(&admin(), run.id).await.unwrap().is_intact());
    }
}

#[tokio::test]
async fn a_preflight_given_back_is_due_again_and_its_claim_worthless() {
    let world = World::new().await;
    let here = org("default");
    let (batch, claim) = claimed(&world).await;
    let again = |fence| world.ops.retry_preflight(&here, batch, fence, retry());
    assert!(again(claim.fence).await.unwrap());
    assert!(!again(claim.fence).await.unwrap());
    assert_eq!(world.due_preflights().await.len(), 1);
    let end = PreflightEnd::Locked(PreflightLock::of(observed(MODEL)));
    assert!(
        !world.ops.finish_preflight(&org("default"), &claim, end, vec![probe()]).await.unwrap(),
        "fenced"
    );
    let second = world.ops.claim_preflight(&org("default"), batch, &worker()).await.unwrap().unwrap();
    assert_eq!(second.attempts, 1, "the first is counted");
    assert!(world.ops.release_preflight(&here, batch, second.fence).await.unwrap());
    let third = world.ops.claim_preflight(&here, batch, &worker()).await.unwrap().unwrap();
    assert_eq!(third.attempts, 1, "nothing is burned by a stop");
    let attempts = world.ops.list_preflight_attempts(&admin(), batch).await.unwrap();
    let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(outcomes, [Some(AttemptOutcome::Retried), Some(AttemptOutcome::Released), None]);
    assert_eq!(attempts[0].exchanges, [probe()]);
    let view = world.ops.get_batch(&admin(), batch).await.unwrap();
    assert_eq!((view.control.status, view.locks.len()), (BatchStatus::Preflight, 0));
}

#[tokio::test]
async fn an_outage_pauses_with_its_own_reason() {
    let world = World::new().await;
    let (batch, claim) = claimed(&world).await;
    let end =
        PreflightEnd::Outage { code: ErrorCode::ProviderQuotaExhausted, detail: "no credit".to_owned() };
    assert!(world.ops.finish_preflight(&org("default"), &claim, end, vec![probe()]).await.unwrap());
    let control = world.ops.get_batch(&admin(), batch).await.unwrap().control;
    assert_eq!(control.pause_reason, Some(PauseReason::ProviderOutage));
}
