//! 429s: of a rate, and of an account (reliability.md rule 8; providers.md, Decoding 5).

use std::collections::BTreeMap;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::BatchCounters;

use crate::fixture::{Setup, World, grid};

/// What the database's clock rounds, in microseconds.
const ROUNDING_US: u64 = 1_000;

#[tokio::test]
async fn a_rate_limit_burns_no_attempt_and_waits_as_long_as_it_asks() {
    let scenario = r#"{"rules":[{"when":{"input_contains":"VAT","try_to":1},
        "then":{"fault":{"rate_limit":{"retry_after_s":2}}}}]}"#;
    // One attempt alone may be burned: a 429 that counted would end the cells.
    let world = World::with(scenario, Setup { retry_max_attempts: 1, ..Setup::default() }).await;
    let process = &world.process;
    let work = process.work();
    let batch = process.batch("", &grid(&["UNGROUNDED"], 6)).await;
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 6, ..BatchCounters::default() });
    for run in process.cells(batch).await {
        assert_eq!((run.retry_index, run.crash_count), (0, 0));
        let mut attempts = process.attempts(run.id).await;
        let last = attempts.pop().expect("every cell was tried");
        assert_eq!(last.outcome, Some(AttemptOutcome::Recorded));
        for attempt in attempts {
            assert_eq!(attempt.outcome, Some(AttemptOutcome::Retried));
            assert_eq!(attempt.error_code, Some(ErrorCode::ProviderRateLimited));
            // Where another cell's call had closed the gate before, nothing was sent.
            assert!(attempt.exchanges.iter().all(|exchange| exchange.reply_status == Some(429)));
        }
    }
    let mut first: BTreeMap<_, u64> = BTreeMap::new();
    let mut repeats = 0;
    for call in world.simulator.calls(1, 100) {
        if let Some(received_us) = first.insert(call.client_request_id.clone(), call.received_us) {
            let waited = call.received_us - received_us;
            assert!(waited + ROUNDING_US >= 2_000_000, "{waited} us: {call:?}");
            repeats += 1;
        }
    }
    assert_eq!(repeats, 6);
    work.stop().await;
}

#[tokio::test]
async fn a_rate_limit_without_a_hint_burns_nothing_either() {
    let scenario = r#"{"rules":[{"when":{"try_to":2},"then":{"fault":{"rate_limit":{}}}}]}"#;
    let world = World::with(scenario, Setup { retry_max_attempts: 1, ..Setup::default() }).await;
    let work = world.process.work();
    let run = world.process.run("", "UNGROUNDED").await;
    let view = world.process.ended(run).await;
    assert_eq!((view.row.status, view.row.retry_index), (RunStatus::Succeeded, 0));
    assert_eq!(world.process.attempts(run).await.len(), 3);
    work.stop().await;
}

#[tokio::test]
async fn an_exhausted_quota_pauses_the_batch_and_burns_no_cell() {
    // The probe and two cells are served.
    let scenario = r#"{"rules":[{"when":{"call_from":4},"then":{"fault":{"quota":{}}}}]}"#;
    let world = World::with(scenario, Setup { concurrency: 1, ..Setup::default() }).await;
    let process = &world.process;
    let work = process.work();
    let batch = process.batch("", &grid(&["UNGROUNDED"], 6)).await;
    let view = process.batch_is(batch, BatchStatus::Paused).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::ProviderOutage));
    assert!(view.control.reason.as_deref().unwrap().contains("PROVIDER_QUOTA_EXHAUSTED"), "{view:?}");
    assert_eq!(view.counters, BatchCounters { pending: 4, succeeded: 2, ..BatchCounters::default() });
    for run in process.cells(batch).await {
        assert_eq!((run.retry_index, run.crash_count), (0, 0), "{run:?}");
    }
    // A single run has no batch that could wait.
    let run = process.run("", "UNGROUNDED").await;
    let view = process.ended(run).await;
    let end = view.row.end.unwrap();
    assert_eq!(
        (view.row.status, view.row.retry_index, end.error_code),
        (RunStatus::Failed, 0, Some(ErrorCode::ProviderQuotaExhausted))
    );
    assert_eq!(world.calls(), 5, "a probe, two cells, one more that met the quota, and the single run");
    let pending = process.cells(batch).await.into_iter().filter(|run| run.status == RunStatus::Pending);
    let mut attempts = Vec::new();
    for run in pending {
        attempts.extend(process.attempts(run.id).await);
    }
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0].outcome, Some(AttemptOutcome::Retried));
    assert_eq!(attempts[0].error_code, Some(ErrorCode::ProviderQuotaExhausted));
    work.stop().await;
}
