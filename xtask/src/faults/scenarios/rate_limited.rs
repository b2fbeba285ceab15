//! 11: every call is answered 429 with a wait. Nobody calls before the wait is over, and no attempt is burned.

use std::time::Duration;

use anyhow::ensure;
use serde_json::json;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan, latency};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit, until_completed};

/// What is in the question of every cell, and not in the look at the model.
const ASKED: &str = "service";
const LATENCY_MS: (u64, u64) = (10, 40);
/// Calls that were on their way when the first 429 was answered, for each worker: what it may have in flight.
const ON_THEIR_WAY: usize = 3 * 8;

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (cells, retry_after_s, lasting) =
        draw.of((400, 4, Duration::from_secs(12)), (10_000, 20, Duration::from_mins(2)));
    let refuses = json!({"rules": [{
        "when": {"input_contains": ASKED}, "then": {"fault": {"rate_limit": {"retry_after_s": retry_after_s}}},
    }]});
    let mut fleet = Fleet::start(&Plan { scenario: refuses, ..Plan::usual(20, LATENCY_MS) })?;
    let batch = submit(&fleet.orgs[0], cells)?;
    wait::until("the first refusal", PATIENCE, || Ok((!refusals(&fleet)?.is_empty()).then_some(())))?;
    std::thread::sleep(lasting);
    fleet.simulator.play(&latency(LATENCY_MS))?;
    let received = refusals(&fleet)?;
    until_completed(std::slice::from_ref(&batch), PATIENCE)?;
    let early = early(&received, retry_after_s * 1_000_000);
    ensure!(early == 0, "{early} of {} calls came before the wait was over", received.len());
    let burned = fleet.sql.number("SELECT coalesce(sum(retry_index), 0) FROM runs")?;
    ensure!(burned == 0, "{burned} attempts were burned");
    let verdict = judge(&fleet, &[batch])?;
    fleet.stop()?;
    let seen = vec![
        format!("refused for {} s: {} calls of {cells} waiting cells", lasting.as_secs(), received.len()),
        format!("before the wait was over: {early}, attempts burned: {burned}"),
    ];
    Ok(Outcome { seen, recovery: None, verdict })
}

/// When calls were refused, in microseconds of the provider's clock.
fn refusals(fleet: &Fleet) -> anyhow::Result<Vec<u64>> {
    let receipts = fleet.simulator.receipts()?;
    Ok(receipts
        .into_iter()
        .filter(|(_, outcome)| outcome == "rate_limit" || outcome == "429")
        .map(|(at, _)| at)
        .collect())
}

/// Calls beyond those on their way that came within the wait which the first of a burst was told.
fn early(received: &[u64], wait_us: u64) -> usize {
    let (mut early, mut left) = (0, received);
    while let Some(first) = left.first() {
        let burst = left.iter().take_while(|at| **at < first + wait_us).count();
        early += burst.saturating_sub(ON_THEIR_WAY);
        left = &left[burst..];
    }
    early
}
