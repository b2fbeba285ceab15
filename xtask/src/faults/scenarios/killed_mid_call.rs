//! 1: a worker is killed mid-call, again and again. Its runs are leased again, and none is recorded twice.

use std::time::Duration;

use anyhow::ensure;
use rand::RngExt as _;

use crate::faults::Draw;
use crate::faults::calls::{begun_again_us, now_us, open_attempts, taken_back_us};
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{Batch, submit_all, until_completed};

const CELLS: u64 = 200;
/// What the specification allows.
const LEASED_WITHIN: Duration = Duration::from_secs(90);
/// Calls last long beside the way to them: an attempt that is open is a call under way.
const LATENCY_MS: (u64, u64) = (600, 1_400);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (kills, lease) = draw.of((6, 4), (50, 60));
    let mut fleet = Fleet::start(&Plan::usual(lease, LATENCY_MS))?;
    let mut batches = submit_all(&fleet, CELLS)?;
    let mut killed = Vec::new();
    let mut hit = 0;
    while killed.len() < kills {
        if all_but_done(&batches)? {
            batches.extend(submit_all(&fleet, CELLS)?);
        }
        let victim = draw.rng.random_range(0..fleet.workers.len());
        let wait = Duration::from_millis(draw.rng.random_range(0..400));
        // A moment by the clock, and no condition: that is what is drawn.
        std::thread::sleep(wait);
        wait::until("calls under way", PATIENCE, || {
            let calls = fleet.simulator.counts()?.in_flight;
            Ok((calls > 0 && open_attempts(&fleet.sql, &fleet.workers[victim])? > 0).then_some(()))
        })?;
        let mut worker = fleet.workers.swap_remove(victim);
        let at = now_us(&fleet.sql)?;
        worker.process.kill()?;
        // What it had under way when it died stays open until its lease is over.
        let open = open_attempts(&fleet.sql, &worker)?;
        if open > 0 {
            hit += open;
            killed.push((worker.incarnation, at));
        }
        fleet.add_worker()?;
    }
    until_completed(&batches, PATIENCE)?;
    let recovery = recovery(&fleet, &killed, lease)?;
    let poisoned = fleet.sql.number("SELECT count(*) FROM runs WHERE status = 'failed'")?;
    let thrice = fleet.sql.number(
        "SELECT count(*) FROM runs WHERE status = 'failed' AND error_code = 'POISON' AND crash_count = 3",
    )?;
    ensure!(poisoned == thrice, "{poisoned} runs failed, {thrice} of them by their third crash");
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(hit)?)?;
    fleet.stop()?;
    let seen = vec![
        format!("kills that hit: {}", killed.len()),
        format!("attempts hit: {hit}"),
        format!("poisoned: {poisoned}"),
    ];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// The longest time from a kill until a run that it hit was begun again.
fn recovery(fleet: &Fleet, killed: &[(String, i64)], lease: u32) -> anyhow::Result<Duration> {
    let (mut back_us, mut again_us) = (0, 0);
    for (incarnation, at) in killed {
        back_us = back_us.max(taken_back_us(&fleet.sql, incarnation, *at)?);
        again_us = again_us.max(begun_again_us(&fleet.sql, incarnation, *at)?);
    }
    let (back, again) =
        (Duration::from_micros(u64::try_from(back_us)?), Duration::from_micros(u64::try_from(again_us)?));
    // The sweep comes every quarter of a lease; what is taken back waits its turn among what is due.
    let within = Duration::from_secs(u64::from(lease)) * 3 / 2;
    ensure!(back <= within, "a run was taken back {back:?} after the kill, {within:?} are allowed");
    ensure!(again <= LEASED_WITHIN, "a run was begun again {again:?} after the kill");
    Ok(again)
}

/// Whether so little is left to do that a kill might meet nobody at work.
fn all_but_done(batches: &[Batch]) -> anyhow::Result<bool> {
    let mut left = 0;
    for batch in batches {
        left += batch.cells - batch.ended()?;
    }
    Ok(left < CELLS / 4)
}
