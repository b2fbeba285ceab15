//! 2: a worker is killed when it has its replies and cannot write them. One result each, and one call more at most.

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
const LATENCY_MS: (u64, u64) = (300, 900);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let kills = draw.of(2, 10);
    let lease = 6;
    let plan = Plan { workers: 0, ..Plan::usual(lease, LATENCY_MS) };
    let mut fleet = Fleet::start(&plan)?;
    let (mut batches, mut hit, mut recovery) = (Vec::new(), 0, Duration::ZERO);
    for _ in 0..kills {
        // Alone at work, so that what is under way at the provider is its own.
        let relay = Relay::to(fleet.postgres.port())?;
        fleet.add_worker_by(relay.port(), relay.port())?;
        batches.extend(submit_all(&fleet, CELLS / 10)?);
        wait::until("calls under way", PATIENCE, || {
            Ok((open_attempts(&fleet.sql, &fleet.workers[0])? >= 4).then_some(()))
        })?;
        relay.hold();
        wait::until(
            "every reply",
            PATIENCE,
            || Ok((fleet.simulator.counts()?.in_flight == 0).then_some(())),
        )?;
        let mut worker = fleet.workers.remove(0);
        worker.process.kill()?;
        let killed = Instant::now();
        let open = open_attempts(&fleet.sql, &worker)?;
        ensure!(open > 0, "the kill met no attempt that waited for its commit");
        hit += open;
        let within = Duration::from_secs(lease.into()) * 3 / 2;
        wait::until("the lost attempts", within, || {
            Ok((attempts_of(&fleet.sql, &worker.incarnation, "lost")? == open).then_some(()))
        })?;
        recovery = recovery.max(killed.elapsed());
        relay.cut();
    }
    fleet.add_worker()?;
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(hit)?)?;
    ensure!(verdict.attempts_lost >= hit, "{} of {hit} lost attempts are shown", verdict.attempts_lost);
    fleet.stop()?;
    let seen = vec![format!("kills that hit: {kills}"), format!("replies that were lost: {hit}")];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}
