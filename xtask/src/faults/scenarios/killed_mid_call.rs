//! 1: a worker is killed mid-call, again and again. Its runs are leased again, and none is recorded twice.

use std::time::Duration;

use anyhow::ensure;
use rand::RngExt as _;

use crate::faults::Draw;
use crate::faults::calls::{Life, begun_again_us, last_lives, now_us, open_attempts, taken_back_us};
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
    let (recovery, last) = recovery(&fleet, &killed, lease)?;
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
        format!(
            "begun again on their last life: {} runs, the last after {:.0} s",
            last.runs,
            last.after.as_secs_f64()
        ),
        format!("poisoned: {poisoned}"),
    ];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// Runs that came to their last life, and how long after the kill the last of them was begun again.
struct LastLives {
    runs: u32,
    after: Duration,
}

/// The longest time from a kill until a run that it hit was begun again: on another life, and on the last.
fn recovery(fleet: &Fleet, killed: &[(String, i64)], lease: u32) -> anyhow::Result<(Duration, LastLives)> {
    let (mut back_us, mut again_us, mut last_us) = (0, 0, 0);
    for (incarnation, at) in killed {
        back_us = back_us.max(taken_back_us(&fleet.sql, incarnation, *at)?);
        again_us = again_us.max(begun_again_us(&fleet.sql, incarnation, *at, Life::Another)?);
        last_us = last_us.max(begun_again_us(&fleet.sql, incarnation, *at, Life::Last)?);
    }
    let micros = |us: i64| anyhow::Ok(Duration::from_micros(u64::try_from(us)?));
    let (back, again) = (micros(back_us)?, micros(again_us)?);
    let last = LastLives { runs: u32::try_from(last_lives(&fleet.sql)?)?, after: micros(last_us)? };
    // The sweep comes every quarter of a lease; what is taken back waits its turn among what is due.
    let within = Duration::from_secs(u64::from(lease)) * 3 / 2;
    ensure!(back <= within, "a run was taken back {back:?} after the kill, {within:?} are allowed");
    ensure!(again <= LEASED_WITHIN, "a run was begun again {again:?} after the kill");
    // Of these each process has one under way (docs/decisions/0019-queue.md): they wait for one another, as long as their calls take.
    let workers = u32::try_from(fleet.workers.len())?;
    let in_turn = LEASED_WITHIN + Duration::from_millis(LATENCY_MS.1) * last.runs.div_ceil(workers);
    ensure!(
        last.after <= in_turn,
        "of {} runs on their last life one was begun again {:?} after the kill, {in_turn:?} are allowed",
        last.runs,
        last.after
    );
    Ok((again, last))
}

/// Whether so little is left to do that a kill might meet nobody at work.
fn all_but_done(batches: &[Batch]) -> anyhow::Result<bool> {
    let mut left = 0;
    for batch in batches {
        left += batch.cells - batch.ended()?;
    }
    Ok(left < CELLS / 4)
}
