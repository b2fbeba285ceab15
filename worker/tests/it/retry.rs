//! Errors that another try may mend, and those that none will (reliability.md rule 8).

use std::time::Duration;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::{AttemptRow, BatchCounters};
use stet_worker::Providers;

use crate::fixture::{Process, Setup, World, grid, providers, simulator, until};

/// The shortest back-off, less what the database's clock rounds.
const SHORTEST_US: u64 = 999_000;

fn ends(attempts: &[AttemptRow]) -> Vec<(Option<AttemptOutcome>, Option<ErrorCode>)> {
    attempts.iter().map(|attempt| (attempt.outcome, attempt.error_code)).collect()
}

/// A fault on the first try alone: the second is recorded, not before its time.
async fn mended(fault: &str, code: ErrorCode, status: Option<u16>) {
    let setup = Setup { timeout: Duration::from_secs(2), ..Setup::default() };
    let scenario = format!(r#"{{"rules":[{{"when":{{"try_to":1}},"then":{{"fault":{fault}}}}}]}}"#);
    let world = World::with(&scenario, setup).await;
    let work = world.process.work();
    let run = world.process.run("", "UNGROUNDED").await;
    let view = world.process.ended(run).await;
    assert_eq!((view.row.status, view.row.retry_index), (RunStatus::Succeeded, 1), "{fault}");
    let attempts = world.process.attempts(run).await;
    let expected = [(Some(AttemptOutcome::Retried), Some(code)), (Some(AttemptOutcome::Recorded), None)];
    assert_eq!(ends(&attempts), expected, "{fault}");
    assert_eq!(attempts.iter().map(|attempt| attempt.fence.0).collect::<Vec<_>>(), [1, 2]);
    for attempt in &attempts {
        assert_eq!(attempt.exchanges.len(), 1, "{fault}");
        assert_eq!(attempt.exchanges[0].purpose, "answer");
    }
    assert_eq!(attempts[0].exchanges[0].reply_status, status, "{fault}");
    assert_eq!(
        attempts[0].exchanges[0].request_sha256, attempts[1].exchanges[0].request_sha256,
        "the same is asked again"
    );
    let calls = world.simulator.calls(0, 10);
    assert_eq!(calls.len(), 2, "{fault}");
    assert_eq!(calls[0].client_request_id, calls[1].client_request_id);
    assert!(calls[1].received_us - calls[0].received_us >= SHORTEST_US, "{fault}: {calls:?}");
    work.stop().await;
}

#[tokio::test]
async fn a_passing_error_burns_one_attempt_and_is_kept_beside_the_result() {
    tokio::join!(
        mended(r#"{"error":{"status":500}}"#, ErrorCode::ProviderServerError, Some(500)),
        mended(r#"{"error":{"status":503}}"#, ErrorCode::ProviderServerError, Some(503)),
        mended(r#"{"error":{"status":408}}"#, ErrorCode::ProviderTimeout, Some(408)),
        mended(r#"{"cut":{"after_bytes":120}}"#, ErrorCode::ProviderUnreachable, Some(200)),
        mended(r#"{"failed":{"code":"server_error"}}"#, ErrorCode::ProviderServerError, Some(200)),
        mended(r#""hang""#, ErrorCode::ProviderTimeout, None),
    );
}

#[tokio::test]
async fn the_last_attempt_fails_the_run_with_the_code() {
    let setup = Setup { retry_max_attempts: 3, ..Setup::default() };
    let scenario =
        r#"{"rules":[{"when":{"input_contains":"VAT"},"then":{"fault":{"error":{"status":502}}}}]}"#;
    let world = World::with(scenario, setup).await;
    let process = &world.process;
    let work = process.work();
    let batch = process.batch("", &grid(&["UNGROUNDED"], 2)).await;
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { failed: 2, ..BatchCounters::default() });
    for run in process.cells(batch).await {
        let end = run.end.as_ref().unwrap();
        assert_eq!((run.retry_index, end.error_code), (2, Some(ErrorCode::ProviderServerError)));
        let code = Some(ErrorCode::ProviderServerError);
        let attempts = process.attempts(run.id).await;
        let retried = (Some(AttemptOutcome::Retried), code);
        assert_eq!(ends(&attempts), [retried, retried, (Some(AttemptOutcome::Recorded), code)]);
        assert!(attempts.iter().all(|attempt| attempt.exchanges[0].reply_status == Some(502)));
        process.verified(run.id).await;
    }
    assert_eq!(world.calls(), 7, "a probe, and three calls a cell");
    work.stop().await;
}

#[tokio::test]
async fn a_final_error_fails_at_once() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let faults = [
        (r#"{"error":{"status":400}}"#, ErrorCode::ProviderRejected, Some(400)),
        (r#"{"error":{"status":403}}"#, ErrorCode::ProviderAuth, Some(403)),
        (r#"{"error":{"status":501}}"#, ErrorCode::ProviderRejected, Some(501)),
        (r#"{"failed":{"code":"invalid_prompt"}}"#, ErrorCode::ProviderRejected, Some(200)),
    ];
    for (number, (fault, code, status)) in faults.into_iter().enumerate() {
        world.play(&format!(r#"{{"rules":[{{"then":{{"fault":{fault}}}}}]}}"#));
        let run = world.process.run("", "UNGROUNDED").await;
        let view = world.process.ended(run).await;
        let end = view.row.end.unwrap();
        assert_eq!(
            (view.row.status, view.row.retry_index, end.error_code),
            (RunStatus::Failed, 0, Some(code)),
            "{fault}"
        );
        let attempts = world.process.attempts(run).await;
        assert_eq!(ends(&attempts), [(Some(AttemptOutcome::Recorded), Some(code))], "{fault}");
        let exchange = &attempts[0].exchanges[0];
        assert_eq!(exchange.reply_status, status);
        assert!(!exchange.reply_body.is_empty(), "{fault}");
        assert_eq!(world.calls(), number as u64 + 1, "{fault}");
    }
    work.stop().await;
}

#[tokio::test]
async fn nobody_at_the_address_is_tried_again_until_somebody_is() {
    let world = World::new("{}").await;
    let gone = simulator("127.0.0.1:0".parse().unwrap(), "{}").await;
    let address = gone.local_addr();
    gone.shutdown().await.unwrap();
    let setup = Setup { retry_max_attempts: 20, ..Setup::default() };
    let providers = providers(address, setup.timeout);
    let process = Process::new(&world.database, providers, setup, 3).await;
    let work = process.work();
    let run = process.run("", "UNGROUNDED").await;
    until("a refused connection", async || (process.run_now(run).await.row.retry_index > 0).then_some(()))
        .await;
    let _back = simulator(address, "{}").await;
    let view = process.ended(run).await;
    assert_eq!(view.row.status, RunStatus::Succeeded);
    let attempts = process.attempts(run).await;
    assert_eq!(
        ends(&attempts)[0],
        (Some(AttemptOutcome::Retried), Some(ErrorCode::ProviderUnreachable)),
        "{attempts:?}"
    );
    assert_eq!(attempts.len(), view.row.retry_index as usize + 1);
    let refused = &attempts[0].exchanges[0];
    assert_eq!((refused.reply_status, refused.reply_body.len()), (None, 0));
    assert!(!refused.request_body.is_empty());
    work.stop().await;
}

#[tokio::test]
async fn a_worker_without_the_provider_fails_a_single_run_and_pauses_a_batch() {
    let world = World::new("{}").await;
    let process = Process::new(&world.database, Providers::default(), Setup::default(), 3).await;
    // Both are submitted where the provider is configured.
    let run = world.process.run("", "UNGROUNDED").await;
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], 2)).await;
    let work = process.work();
    let view = process.ended(run).await;
    let end = view.row.end.unwrap();
    assert_eq!(
        (view.row.status, end.error_code),
        (RunStatus::Failed, Some(ErrorCode::ProviderNotConfigured))
    );
    let view = process.batch_is(batch, BatchStatus::Paused).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::ProviderOutage));
    assert_eq!(view.counters.pending, 2);
    // And where its probe was made by another: the cells wait unburned.
    world.sql("UPDATE batch_controls SET status = 'running', pause_reason = NULL").await;
    process.ring();
    process.batch_is(batch, BatchStatus::Paused).await;
    for cell in process.cells(batch).await {
        assert_eq!((cell.status, cell.retry_index, cell.crash_count), (RunStatus::Pending, 0, 0));
    }
    assert_eq!(world.calls(), 0);
    work.stop().await;
}

#[tokio::test]
async fn a_cell_that_cannot_be_built_fails_with_nothing_sent() {
    let world = World::new("{}").await;
    let setup = Setup { als: false, ..Setup::default() };
    let process = world.another(setup).await;
    let run = world.process.run(r#","als":{"template_id":"t-1","catalog":"v1"}"#, "UNGROUNDED").await;
    let work = process.work();
    let view = process.ended(run).await;
    let end = view.row.end.unwrap();
    assert_eq!((view.row.status, end.error_code), (RunStatus::Failed, Some(ErrorCode::AlsKeyUnknown)));
    let attempts = process.attempts(run).await;
    assert_eq!(ends(&attempts), [(Some(AttemptOutcome::Recorded), Some(ErrorCode::AlsKeyUnknown))]);
    assert_eq!((attempts[0].exchanges.len(), world.calls()), (0, 0));
    work.stop().await;
}
