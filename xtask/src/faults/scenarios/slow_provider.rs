//! 10: calls last longer than three leases. They are renewed, and nobody is called twice.

use anyhow::ensure;
use serde_json::json;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan, latency};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::PATIENCE;
use crate::faults::work::{submit_all, until_completed};

/// Three leases and more.
const LEASE_SECONDS: u32 = 4;
const LATENCY_MS: (u64, u64) = (13_000, 16_000);
/// What every cell's question has in it, and the look at the model has not.
const ASKED: &str = "service";

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let cells = draw.of(40, 200);
    let slow = json!({"rules": [{"when": {"input_contains": ASKED}, "then": latency(LATENCY_MS)}]});
    let plan = Plan { scenario: slow, ..Plan::usual(LEASE_SECONDS, LATENCY_MS) };
    let plan = plan.with("WORKER_CONCURRENCY", "64");
    let mut fleet = Fleet::start(&plan)?;
    let batches = submit_all(&fleet, cells)?;
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?.called_once()?;
    ensure!(verdict.attempts_lost == 0, "{} leases ended under a call", verdict.attempts_lost);
    fleet.stop()?;
    Ok(Outcome { seen: vec!["calls of 13–16 s under leases of 4 s".to_owned()], recovery: None, verdict })
}
