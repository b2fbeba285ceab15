//! What a provider allows, kept by all processes together (api.md, "Limits"; reliability.md rule 8); judged by the simulator's receipt times.

use std::time::Duration;

use stet_domain::Provider;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::provider_limits::ProviderLimits;
use stet_domain::run::RunStatus;
use stet_store::BatchCounters;

use crate::fixture::{Setup, World, grid};

/// What the clocks round and a loaded machine delays a receipt by, in microseconds.
const SLACK_US: u64 = 150_000;

fn limited(limits: ProviderLimits) -> Setup {
    Setup { limits, ..Setup::default() }
}

/// When each call was received, in order, and whether it was answered by a 429.
fn receipts(world: &World) -> Vec<(u64, bool)> {
    let calls = world.simulator.calls(0, 10_000);
    calls.iter().map(|call| (call.received_us, &*call.outcome == "429")).collect()
}

/// Two processes work a batch of so many cells off.
async fn two_processes(world: &World, setup: Setup, cells: i64) {
    let second = world.another(setup).await;
    let works = [world.process.work(), second.work()];
    let batch = world.process.batch("", &grid(&["UNGROUNDED"], cells)).await;
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    let succeeded = u64::try_from(cells).unwrap();
    assert_eq!(view.counters, BatchCounters { succeeded, ..BatchCounters::default() });
    for run in world.process.cells(batch).await {
        assert_eq!((run.retry_index, run.crash_count), (0, 0), "{run:?}");
    }
    for work in works {
        work.stop().await;
    }
}

#[tokio::test]
async fn one_429_makes_the_whole_fleet_wait() {
    let scenario = r#"{"latency":{"min_ms":20,"max_ms":40},"rules":[
        {"when":{"input_contains":"VAT","call_to":20},"then":{"fault":{"rate_limit":{"retry_after_s":2}}}}]}"#;
    // One attempt alone may be burned: a 429 that counted would end the cells.
    let setup = Setup { retry_max_attempts: 1, ..Setup::default() };
    let world = World::with(scenario, setup.clone()).await;
    two_processes(&world, setup, 40).await;
    let receipts = receipts(&world);
    let refused: Vec<u64> = receipts.iter().filter(|(_, refused)| *refused).map(|(at, _)| *at).collect();
    assert!(!refused.is_empty());
    // A call that was under way in the other process, or begun before it looked at the gate, is no retry.
    let spread_us = 250_000 + 40_000 + 2 * SLACK_US;
    for told in refused {
        let early =
            receipts.iter().filter(|(at, _)| (told + spread_us..told + 1_999_000).contains(at)).count();
        assert_eq!(early, 0, "calls came while all were told to wait from {told}: {receipts:?}");
    }
}

#[tokio::test]
async fn a_blocked_providers_runs_are_not_even_claimed() {
    let world = World::new("{}").await;
    let process = &world.process;
    let asked_us = world.simulator.counts().now_us;
    process.ops.gates().block(Provider::OpenAi, 1_500, ErrorCode::ProviderRateLimited).await.unwrap();
    let work = process.work();
    let run = process.run("", "UNGROUNDED").await;
    let batch = process.batch("", &grid(&["UNGROUNDED"], 3)).await;
    assert_eq!(process.ended(run).await.row.status, RunStatus::Succeeded);
    process.batch_is(batch, BatchStatus::Completed).await;
    for (received_us, _) in receipts(&world) {
        assert!(received_us >= asked_us + 1_499_000, "{received_us} after {asked_us}");
    }
    assert_eq!(world.number("SELECT max(fence) FROM runs").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM attempts").await, 4);
    work.stop().await;
}

#[tokio::test]
async fn two_processes_keep_a_rate_of_calls_together() {
    // 100 ms a call, ten at once.
    let setup = limited(ProviderLimits { requests_per_minute: Some(610), ..ProviderLimits::NONE });
    let world = World::with("{}", setup.clone()).await;
    two_processes(&world, setup, 30).await;
    let receipts = receipts(&world);
    assert_eq!(receipts.len(), 31, "a probe and the cells");
    for (first, (begun, _)) in receipts.iter().enumerate() {
        for (last, (at, _)) in receipts.iter().enumerate().skip(first + 11) {
            let least = (last - first - 10) as u64 * 100_000;
            assert!(at - begun + SLACK_US >= least, "{first} to {last} in {} us", at - begun);
        }
    }
}

#[tokio::test]
async fn two_processes_keep_a_bound_on_calls_under_way_together() {
    const LASTS_MS: u64 = 60;
    let setup = limited(ProviderLimits { max_concurrency: Some(3), ..ProviderLimits::NONE });
    let scenario = format!(r#"{{"latency":{{"min_ms":{LASTS_MS},"max_ms":{LASTS_MS}}}}}"#);
    let world = World::with(&scenario, setup.clone()).await;
    two_processes(&world, setup, 24).await;
    let receipts = receipts(&world);
    for (index, (at, _)) in receipts.iter().enumerate() {
        // What was received so shortly before is under way still.
        let under_way = receipts[..index].iter().filter(|(begun, _)| begun + LASTS_MS * 1_000 > *at).count();
        assert!(under_way < 3, "{under_way} calls were under way at {at}: {receipts:?}");
    }
    assert_eq!(world.number("SELECT CAST(coalesce(sum(slots), 0) AS bigint) FROM provider_slots").await, 0);
}

#[tokio::test]
async fn what_a_call_did_not_use_of_its_tokens_is_given_back() {
    // A call reserves more than a thousand tokens, a second's worth each, and uses a few dozen: unsettled, the cells would take more than a minute.
    let setup = limited(ProviderLimits { tokens_per_minute: Some(70_000), ..ProviderLimits::NONE });
    let world = World::with("{}", setup.clone()).await;
    let begun = tokio::time::Instant::now();
    two_processes(&world, setup, 70).await;
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    let gates = world.process.ops.gates().read().await.unwrap();
    let used: i64 = world.number("SELECT CAST(sum(usage_input + usage_output) AS bigint) FROM runs").await;
    let owed_us = gates[0].tokens_until.0 - gates[0].now.0;
    assert!(owed_us <= (used + 1_000) * 1_000, "{owed_us} us are owed for {used} tokens");
}
