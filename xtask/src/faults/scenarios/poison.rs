//! 19: one cell of 200 kills whoever calls for it, or is answered with what nobody can read, or with 30 MB. It ends; the other 199 succeed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rand::RngExt as _;
use serde_json::{Value, json};

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{Batch, submit, until_completed};

const CELLS: u64 = 200;
const LEASE_SECONDS: u32 = 4;
const LATENCY_MS: (u64, u64) = (200, 600);
/// The cell that kills is never answered: its worker dies of it before.
const NEVER_MS: u64 = 60_000;
const HUGE_BYTES: u64 = 30_000_000;
/// How often a call is tried again.
const TRIES: &str = "3";
/// What a worker may hold: a reply is read to a third of the huge one's size.
const WORKER_BYTES: u64 = 256 << 20;
/// The third crash of the same run is its last (docs/spec/reliability.md, rule 6).
const CRASHES: usize = 3;

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let plan =
        Plan { workers: 0, ..Plan::usual(LEASE_SECONDS, LATENCY_MS).with("RETRY_MAX_ATTEMPTS", TRIES) };
    let mut fleet = Fleet::start(&plan)?;
    let rounds = draw.of(1, 3);
    let (mut batches, mut seen, mut recovery) = (Vec::new(), Vec::new(), Duration::ZERO);
    for round in 1..=rounds {
        let (batch, cell) =
            poisoned(draw, &fleet, &json!({"latency": {"min_ms": NEVER_MS, "max_ms": NEVER_MS}}))?;
        with_workers(&mut fleet, 3)?;
        let started = Instant::now();
        let deaths = kill_by(&mut fleet, &batch, &cell)?;
        let died = Instant::now();
        batch.until("completed", PATIENCE)?;
        recovery = recovery.max(died.elapsed());
        ensure!(deaths == CRASHES, "the cell was ended after {deaths} crashes");
        ends_alone(&fleet, &batch, &cell, &["POISON"])?;
        let spared = fleet.sql.number(&format!(
            "SELECT count(*) FROM runs WHERE batch_id = {} AND status = 'succeeded' AND crash_count > 0",
            cell.batch
        ))?;
        seen.push(format!(
            "round {round}: killed {deaths} workers in {:.0} s; {spared} that fell with it succeeded",
            started.elapsed().as_secs_f64()
        ));
        batches.push(batch);
    }
    let replies: [(&str, Value, &[&str]); 2] = [
        ("undecodable", json!({"fault": "invalid_utf8"}), &["PROVIDER_BAD_ANSWER"]),
        ("30 MB", json!({"fault": {"huge": {"bytes": HUGE_BYTES}}}), &["PROVIDER_ANSWER_TOO_LARGE"]),
    ];
    for (name, then, codes) in replies {
        without_workers(&mut fleet)?;
        let (batch, cell) = poisoned(draw, &fleet, &then)?;
        with_workers(&mut fleet, 3)?;
        batch.until("completed", PATIENCE)?;
        let code = ends_alone(&fleet, &batch, &cell, codes)?;
        let peak = peak_of_workers(&mut fleet)?;
        ensure!(peak < WORKER_BYTES, "a worker held {} MiB", peak >> 20);
        seen.push(format!(
            "{name}: {code} after {} calls, workers up to {} MiB",
            calls_of(&fleet, &cell)?,
            peak >> 20
        ));
        batches.push(batch);
    }
    until_completed(&batches, PATIENCE)?;
    let again =
        fleet.sql.number("SELECT count(*) FROM attempts WHERE outcome IN ('lost', 'retried', 'fenced')")?;
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(again)?)?;
    fleet.stop()?;
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// The cell that is poison.
struct Cell {
    /// Its batch, as SQL spells it.
    batch: String,
    index: u64,
    /// What its calls carry.
    client_request_id: String,
}

/// A batch that waits for workers, one cell of which, whichever is drawn, meets `then`.
fn poisoned(draw: &mut Draw, fleet: &Fleet, then: &Value) -> anyhow::Result<(Batch, Cell)> {
    let batch = submit(&fleet.orgs[0], CELLS)?;
    let index = draw.rng.random_range(0..CELLS);
    let newest =
        fleet.sql.text("SELECT encode(batch_id, 'hex') FROM batches ORDER BY created_at_us DESC LIMIT 1")?;
    let of_batch = format!("decode('{newest}', 'hex')");
    // Its calls are told from the others' by the digest of what they are for (docs/spec/canonical.md).
    let client_request_id = fleet.sql.text(&format!(
        r#"SELECT encode(sha256(convert_to(format(
            '{{"batch_run_index":%s,"batch_sha256":"%s","provoker_try":false,"replicate_index":%s,"step":1}}',
            r.batch_run_index, encode(b.batch_sha256, 'hex'), r.replicate_index), 'UTF8')), 'hex')
        FROM runs AS r JOIN batches AS b ON b.org_id = r.org_id AND b.batch_id = r.batch_id
        WHERE r.batch_id = {of_batch} AND r.batch_run_index = {index}"#
    ))?;
    fleet.simulator.play(&json!({
        "latency": {"min_ms": LATENCY_MS.0, "max_ms": LATENCY_MS.1},
        "rules": [{"when": {"client_request_id": client_request_id}, "then": then}],
    }))?;
    Ok((batch, Cell { batch: of_batch, index, client_request_id }))
}

fn calls_of(fleet: &Fleet, cell: &Cell) -> anyhow::Result<usize> {
    fleet.simulator.calls_of(&cell.client_request_id)
}

/// Whoever has called for the cell dies of it, until nobody may call for it any more; answers how many did.
fn kill_by(fleet: &mut Fleet, batch: &Batch, cell: &Cell) -> anyhow::Result<usize> {
    let holder = format!(
        "SELECT coalesce(max(a.worker), '') FROM attempts AS a JOIN runs AS r ON r.org_id = a.org_id AND r.run_id = a.run_id
        WHERE r.batch_id = {} AND r.batch_run_index = {} AND a.outcome IS NULL",
        cell.batch, cell.index
    );
    let ended = format!(
        "SELECT count(*) FROM runs WHERE batch_id = {} AND batch_run_index = {} AND finished_at_us IS NOT NULL",
        cell.batch, cell.index
    );
    let mut deaths = 0;
    loop {
        // A call for it, or its end: one of both comes.
        let victim = wait::until("a call for the poison cell, or its end", PATIENCE, || {
            if fleet.sql.number(&ended)? > 0 {
                return Ok(Some(None));
            }
            if calls_of(fleet, cell)? <= deaths {
                return Ok(None);
            }
            let name = fleet.sql.text(&holder)?;
            Ok(fleet.workers.iter().position(|worker| worker.incarnation == name).map(Some))
        })?;
        let Some(victim) = victim else { return Ok(deaths) };
        let mut worker = fleet.workers.swap_remove(victim);
        worker.process.kill()?;
        deaths += 1;
        ensure!(deaths <= CRASHES, "{} is called for again and again: {:?}", batch.id, batch.status()?);
        fleet.add_worker()?;
    }
}

/// That this cell failed, with one of these codes, and every other succeeded; answers its code.
fn ends_alone(fleet: &Fleet, batch: &Batch, cell: &Cell, codes: &[&str]) -> anyhow::Result<String> {
    let of_cell = format!("batch_id = {} AND batch_run_index = {}", cell.batch, cell.index);
    let code = fleet.sql.text(&format!("SELECT coalesce(error_code, status) FROM runs WHERE {of_cell}"))?;
    ensure!(codes.contains(&code.as_str()), "the cell ended with {code}, not with one of {codes:?}");
    let shown = batch.shown()?;
    let succeeded = shown["counters"]["succeeded"].as_u64().context("no counter")?;
    ensure!(succeeded == CELLS - 1, "{succeeded} of the other {} succeeded", CELLS - 1);
    Ok(code)
}

fn with_workers(fleet: &mut Fleet, count: usize) -> anyhow::Result<()> {
    while fleet.workers.len() < count {
        fleet.add_worker()?;
    }
    Ok(())
}

fn without_workers(fleet: &mut Fleet) -> anyhow::Result<()> {
    for mut worker in fleet.workers.drain(..) {
        worker.process.signal(rustix::process::Signal::TERM)?;
        let ended = worker.process.end(PATIENCE)?;
        ensure!(ended.success(), "a worker ended with {ended}: {}", worker.process.said());
    }
    Ok(())
}

/// The most memory of any; none may have died.
fn peak_of_workers(fleet: &mut Fleet) -> anyhow::Result<u64> {
    let mut most = 0;
    for worker in &mut fleet.workers {
        ensure!(!worker.process.is_over()?, "a worker died of a reply: {}", worker.process.said());
        most = most.max(worker.process.peak_bytes()?);
    }
    Ok(most)
}
