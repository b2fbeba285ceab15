//! 20: a worker is stopped for three leases and goes on. Its runs have passed on: it writes nothing of them.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rustix::process::Signal;

use crate::faults::Draw;
use crate::faults::calls::{attempts_of, open_attempts};
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (800, 1_600);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let lease = draw.of(4, 60);
    let mut fleet = Fleet::start(&Plan::usual(lease, LATENCY_MS))?;
    let batches = submit_all(&fleet, draw.of(CELLS, 4 * CELLS))?;
    wait::until("calls under way", PATIENCE, || {
        Ok((open_attempts(&fleet.sql, &fleet.workers[0])? >= 4).then_some(()))
    })?;
    let stopped = Instant::now();
    fleet.workers[0].process.signal(Signal::STOP)?;
    let name = fleet.workers[0].incarnation.clone();
    let (open, recorded) =
        (open_attempts(&fleet.sql, &fleet.workers[0])?, attempts_of(&fleet.sql, &name, "recorded")?);
    ensure!(open > 0, "the worker was stopped between its calls");
    // The sweep takes all of them, and whoever has them now may have recorded them.
    let within = Duration::from_secs(u64::from(lease)) * 3 / 2;
    wait::until("the sweep", within, || Ok((attempts_of(&fleet.sql, &name, "lost")? == open).then_some(())))?;
    let recovery = stopped.elapsed();
    let leases = Duration::from_secs(u64::from(lease)) * 3;
    std::thread::sleep(leases.saturating_sub(stopped.elapsed()));
    fleet.workers[0].process.signal(Signal::CONT)?;
    until_completed(&batches, PATIENCE)?;
    // The answers of the stopped calls came long ago: nothing of the three leases was written.
    let of_old = fleet.sql.number(&format!(
        "SELECT count(*) FROM attempts WHERE worker = '{name}' AND outcome IN ('lost', 'fenced')"
    ))?;
    ensure!(of_old >= open, "{of_old} of {open} attempts of the stopped worker are lost or fenced");
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(of_old)?)?;
    let fenced = attempts_of(&fleet.sql, &name, "fenced")?;
    fleet.stop()?;
    let seen = vec![
        format!("attempts stopped: {open}"),
        format!("of these fenced by their own worker: {fenced}"),
        format!("recorded by it before: {recorded}"),
    ];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}
