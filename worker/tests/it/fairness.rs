//! Two orgs on one worker: ten cells do not wait for ten thousand (system.md, "A batch" 3).

use stet_domain::batch::BatchStatus;
use stet_domain::provider_limits::ProviderLimits;
use stet_store::BatchCounters;

use crate::fixture::{Setup, World, actor, grid, until};

#[tokio::test]
async fn a_small_batch_passes_a_large_one_of_another_org() {
    let world = World::new(r#"{"latency":{"min_ms":5,"max_ms":15}}"#).await;
    let process = &world.process;
    let mut large = grid(&["UNGROUNDED"], 1_000);
    large.locales =
        ["de-DE", "fr-FR", "en-GB", "en-US", "it-IT", "es-ES", "nl-NL", "pl-PL", "pt-PT", "sv-SE"]
            .map(str::to_owned)
            .to_vec();
    let large = process.batch("", &large).await;
    let work = process.work();
    until("the large batch under way", async || {
        (process.batch_now(large).await.counters.succeeded >= 16).then_some(())
    })
    .await;

    let small = process.batch_of("other", "", &grid(&["UNGROUNDED"], 10)).await;
    let view = process.batch_of_org_is("other", small, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 10, ..BatchCounters::default() });
    let at_that_time = process.batch_now(large).await.counters;
    assert!(at_that_time.pending > 9_000, "{at_that_time:?}");
    let further = at_that_time.succeeded;
    until("the large batch goes on", async || {
        (process.batch_now(large).await.counters.succeeded > further).then_some(())
    })
    .await;
    work.stop().await;
    // What one org has, the other does not see.
    assert!(process.ops.get_batch(&actor("default"), small).await.is_err());
}

#[tokio::test]
async fn a_probe_does_not_wait_for_a_free_slot() {
    let scenario = r#"{"rules":[{"when":{"input_contains":"VAT"},"then":{"fault":"hang"}}]}"#;
    let world = World::new(scenario).await;
    let process = &world.process;
    let work = process.work();
    let first = process.batch("", &grid(&["UNGROUNDED"], 20)).await;
    world.in_flight(8).await;
    assert_eq!(process.batch_now(first).await.counters.running, 8);
    let second = process.batch_of("other", "", &grid(&["UNGROUNDED"], 2)).await;
    process.batch_of_org_is("other", second, BatchStatus::Running).await;
    work.stop.cancel();
    work.hasten.cancel();
    work.ended().await;
}

/// Of the calls between the small org's first cell and its last: its own, and all. Before its preflight has ended it asks for none.
async fn share_of_the_small_org(setup: Setup) -> (usize, usize) {
    let world = World::with(r#"{"latency":{"min_ms":1,"max_ms":3}}"#, setup).await;
    let process = &world.process;
    // By the mode the simulator's calls are told apart. A hundred times as much, in ten batches.
    for _ in 0..10 {
        process.batch_of("default", "", &grid(&["UNGROUNDED"], 400)).await;
    }
    let small = process.batch_of("other", "", &grid(&["PREFERRED"], 40)).await;
    let work = process.work();
    process.batch_of_org_is("other", small, BatchStatus::Completed).await;
    work.stop.cancel();
    work.hasten.cancel();
    work.ended().await;
    let calls = world.simulator.calls(0, 10_000);
    let is_small = |call: &stet_simulator::ReceivedCall| call.mode == "PREFERRED";
    let mut of_small = calls.iter().enumerate().filter(|(_, call)| is_small(call)).map(|(place, _)| place);
    let first = of_small.nth(1).expect("it was served, after its probe");
    let last = calls.iter().rposition(is_small).expect("it was served");
    let window = &calls[first..=last];
    (window.iter().filter(|call| is_small(call)).count(), window.len())
}

/// One org's hundredfold load takes at most a twentieth from another's share, which is half where two ask for more than there is.
fn is_fair((own, all): (usize, usize)) {
    assert!(own * 1_000 >= all * 475, "{own} of {all} calls");
}

#[tokio::test]
async fn a_hundredfold_load_takes_nothing_of_a_rate_and_of_calls_under_way() {
    let limits = ProviderLimits {
        requests_per_minute: Some(6_000),
        tokens_per_minute: None,
        max_concurrency: Some(2),
    };
    is_fair(share_of_the_small_org(Setup { limits, ..Setup::default() }).await);
}

#[tokio::test]
async fn a_hundredfold_load_takes_nothing_of_a_workers_slots() {
    for concurrency in [1, 3] {
        is_fair(share_of_the_small_org(Setup { concurrency, ..Setup::default() }).await);
    }
}
