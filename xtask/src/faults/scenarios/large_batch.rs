//! 18: 100,000 cells in one POST, which the server takes within bounds of memory, and one more, which it refuses by the limit's name.

use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::PATIENCE;
use crate::faults::work::{submit_with, template};

/// The limit as it is set where nobody sets it.
const LIMIT: u64 = 100_000;
/// What the serving process may hold at most.
const SERVER_BYTES: u64 = 512 << 20;
const LATENCY_MS: (u64, u64) = (20, 60);
/// Locales whose number, times replicates, makes one cell more than the limit.
const ELEVEN: [&str; 11] =
    ["ar-AE", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "en-AE", "en-AU", "en-CA", "en-GB", "en-IE"];

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let worked = draw.of(500, 10_000);
    let mut fleet = Fleet::start(&Plan::usual(60, LATENCY_MS).with("WORKER_CONCURRENCY", "32"))?;
    let org = &fleet.orgs[0];
    let posted = Instant::now();
    let batch = submit_with(org, LIMIT, &Value::Null)?;
    let took = posted.elapsed();
    let peak = fleet.server.peak_bytes()?;
    ensure!(peak < SERVER_BYTES, "the server held {} MiB", peak >> 20);
    let counted = fleet.sql.number("SELECT count(*) FROM runs")?;
    ensure!(u64::try_from(counted)? == LIMIT, "{counted} cells were accepted");
    let over = json!({
        "locales": ELEVEN, "grounding_modes": ["UNGROUNDED"], "replicates": (LIMIT + 1) / ELEVEN.len() as u64,
        "drift_policy": "hard",
    });
    let refused = org.api.post(&format!("/v1/templates/{}/batch-run", template(org)?), &over)?;
    let said = refused.body.to_string();
    ensure!([413, 422].contains(&refused.status), "one cell more is answered {}: {said}", refused.status);
    ensure!(
        said.contains("BATCH_TOO_LARGE") && said.contains(&LIMIT.to_string()),
        "no limit is named: {said}"
    );
    // They are worked at while the rest waits; then they are called off.
    batch.until_ended(worked)?;
    batch.decide("cancel", &json!({"reason": "enough"}))?.expect(200)?;
    batch.until("cancelled", PATIENCE)?;
    let ended = batch.ended()?;
    ensure!(ended == LIMIT, "{ended} of {LIMIT} cells have ended");
    let verdict = judge(&fleet, &[batch])?.called_once()?;
    let peak = peak.max(fleet.server.peak_bytes()?);
    ensure!(peak < SERVER_BYTES, "the server held {} MiB", peak >> 20);
    fleet.stop()?;
    let seen = vec![
        format!("accepted in {:.1} s, the server held {} MiB at most", took.as_secs_f64(), peak >> 20),
        format!("one cell more: {} with the limit named", refused.status),
    ];
    Ok(Outcome { seen, recovery: None, verdict })
}
