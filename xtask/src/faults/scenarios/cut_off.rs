//! 8: a worker loses its database and nothing else. It stops its calls in time; others take over, and it works again when the way is open.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::calls::{attempts_of, open_attempts};
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::relay::Relay;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (800, 1_600);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (lease, cuts): (u32, &[u64]) = draw.of((4, &[2, 10]), (60, &[5, 30, 120]));
    let mut fleet = Fleet::start(&Plan { workers: 2, ..Plan::usual(lease, LATENCY_MS) })?;
    let relay = Relay::to(fleet.postgres.port())?;
    fleet.add_worker_by(relay.port(), relay.port())?;
    let name = fleet.workers[2].incarnation.clone();
    let (mut batches, mut seen, mut recovery) = (Vec::new(), Vec::new(), Duration::ZERO);
    for seconds in cuts {
        let round = submit_all(&fleet, CELLS)?;
        wait::until("calls under way", PATIENCE, || {
            Ok((open_attempts(&fleet.sql, &fleet.workers[2])? >= 4).then_some(()))
        })?;
        let lost_before = attempts_lost(&fleet, &name)?;
        relay.hold();
        let held = Instant::now();
        let open = open_attempts(&fleet.sql, &fleet.workers[2])?;
        std::thread::sleep(Duration::from_secs(*seconds));
        relay.open();
        until_completed(&round, PATIENCE)?;
        recovery = recovery.max(held.elapsed());
        let lost = attempts_lost(&fleet, &name)? - lost_before;
        // Twice a lease is beyond every renewal: all that it had under way has passed on.
        ensure!(*seconds < u64::from(lease) * 2 || lost >= open, "{lost} of {open} attempts passed on");
        ensure!(
            !fleet.workers[2].process.is_over()?,
            "the worker ended: {}",
            fleet.workers[2].process.said()
        );
        seen.push(format!("cut off for {seconds} s: {open} under way, {lost} passed on"));
        batches.extend(round);
    }
    let passed_on = u64::try_from(attempts_lost(&fleet, &name)?)?;
    let verdict = judge(&fleet, &batches)?.extra_at_most(passed_on)?;
    fleet.stop()?;
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

fn attempts_lost(fleet: &Fleet, name: &str) -> anyhow::Result<i64> {
    Ok(attempts_of(&fleet.sql, name, "lost")? + attempts_of(&fleet.sql, name, "fenced")?)
}
