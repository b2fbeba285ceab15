//! Why a run is not running.

use std::collections::BTreeMap;

use stet_coord::{AdmissionRequest, Settlement};
use stet_domain::Provider;
use stet_domain::batch::PauseReason;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, RunId};
use stet_domain::provider_limits::{ProviderGateKind, ProviderLimits};
use stet_domain::run::RunStatus;
use stet_ops::{OpError, OpsSettings, RunBlocker, RunRetry};
use stet_store::{RetryRow, RunFilter};

use crate::fixture::{FIRST_PAGE, Start, World, actor, admin, grid, org};

const P: Provider = Provider::OpenAi;

impl World {
    async fn blockers(&self, run: RunId) -> Vec<RunBlocker> {
        self.ops.run_blockers(&admin(), run).await.unwrap().blockers
    }

    async fn any_run(&self, batch: BatchId) -> RunId {
        self.ops.list_runs(&admin(), &RunFilter::of_batch(batch), FIRST_PAGE).await.unwrap().items[0].id
    }

    /// Takes leave for so many calls of so many tokens.
    async fn admit(&self, calls: usize, tokens: u64) {
        let request = AdmissionRequest {
            provider: P,
            limits: self.ops.provider_limits(P),
            holder: "somebody",
            lease_ms: 600_000,
            in_use: 0,
            wanted: &vec![tokens; calls],
            settled: Settlement::default(),
        };
        self.ops.gates().admit(&request).await.unwrap();
    }
}

fn closed(blockers: &[RunBlocker]) -> Vec<(ProviderGateKind, bool, Option<ErrorCode>)> {
    let gates = blockers.iter().map(|blocker| match blocker {
        RunBlocker::Provider { provider: P, gate, until, reason } => (*gate, until.is_some(), *reason),
        other => panic!("{other:?}"),
    });
    gates.collect()
}

#[tokio::test]
async fn a_run_waits_for_its_batch_its_moment_or_a_slot() {
    let world = World::new().await;
    let template = world.template().await;
    let submission = stet_ops::BatchSubmission { max_parallel: Some(1), ..grid() };
    let batch = world.ops.submit_batch(&admin(), template, &submission, None).await.unwrap().value.row.id;
    let run = world.any_run(batch).await;
    assert_eq!(world.blockers(run).await, [RunBlocker::Preflight]);
    world.lock(batch).await;
    assert_eq!(world.blockers(run).await, [RunBlocker::Slot]);

    let claimed = world.claim_due().await.remove(0).row;
    let running = world.ops.run_blockers(&admin(), claimed.id).await.unwrap();
    assert_eq!((running.status, running.blockers), (RunStatus::Running, Vec::new()));
    let page = world.ops.list_runs(&admin(), &RunFilter::of_batch(batch), FIRST_PAGE).await.unwrap();
    let waiting = page.items.iter().find(|run| run.id != claimed.id).unwrap().id;
    assert_eq!(world.blockers(waiting).await, [RunBlocker::MaxParallel { most: 1 }]);

    let row = RetryRow {
        run: claimed.id,
        fence: claimed.fence,
        delay_ms: 60_000,
        burn: false,
        error_code: ErrorCode::ProviderQuotaExhausted,
        error_detail: "no credit is left".to_owned(),
        exchanges: Vec::new(),
        finished_at: stet_domain::clock::Timestamp(1),
    };
    let retry = RunRetry { batch: Some(batch), outage: true, row };
    world.ops.retry_runs(&org("default"), vec![retry]).await.unwrap();
    let blockers = world.blockers(claimed.id).await;
    let [RunBlocker::Paused { cause, by, reason, .. }, RunBlocker::Retry { at }] = &blockers[..] else {
        panic!("{blockers:?}")
    };
    assert_eq!((*cause, by.as_str()), (PauseReason::ProviderOutage, "stet"));
    assert_eq!(reason.as_deref(), Some("PROVIDER_QUOTA_EXHAUSTED: no credit is left"));
    let due = world.ops.get_run(&admin(), claimed.id).await.unwrap().row.available_at;
    assert_eq!(*at, due);
}

#[tokio::test]
async fn a_run_waits_for_the_gates_of_its_provider() {
    let limits = ProviderLimits {
        requests_per_minute: Some(1),
        tokens_per_minute: Some(1_000),
        max_concurrency: Some(1),
    };
    let defaults = Start::default();
    let settings = OpsSettings { provider_limits: BTreeMap::from([(P, limits)]), ..defaults.settings };
    let world = World::started(Start { settings, ..Start::default() }).await;
    let batch = world.running_batch().await;
    let run = world.any_run(batch).await;
    assert_eq!(world.blockers(run).await, [RunBlocker::Slot]);
    world.admit(1, 900).await;
    let mut expected = vec![
        (ProviderGateKind::Requests, true, None),
        (ProviderGateKind::Tokens, true, None),
        (ProviderGateKind::Concurrency, false, None),
    ];
    assert_eq!(closed(&world.blockers(run).await), expected);
    // What the provider itself said comes first, with its reason.
    world.ops.gates().block(P, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    expected.insert(0, (ProviderGateKind::Blocked, true, Some(ErrorCode::ProviderRateLimited)));
    assert_eq!(closed(&world.blockers(run).await), expected);
    // Another provider's gate holds nothing of it back.
    let world = World::new().await;
    let batch = world.running_batch().await;
    world.ops.gates().block(Provider::Vertex, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    assert_eq!(world.blockers(world.any_run(batch).await).await, [RunBlocker::Slot]);
}

#[tokio::test]
async fn another_orgs_run_is_none() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let run = world.any_run(batch).await;
    let foreign = actor("other", stet_domain::role::Role::Viewer);
    let refused = world.ops.run_blockers(&foreign, run).await;
    assert!(matches!(refused, Err(OpError::NotFound { what: "run" })), "{refused:?}");
}
