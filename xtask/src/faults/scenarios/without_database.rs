//! 4: PostgreSQL stops at once and is away for a while. What was called stays called, and nobody has to lend a hand.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (2_000, 4_000);
/// Within this a process works again, or has ended with exit status 1.
const RECOVERS_WITHIN: Duration = Duration::from_secs(30);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let aways: &[u64] = draw.of(&[8], &[8, 70]);
    let mut fleet = Fleet::start(&Plan::usual(60, LATENCY_MS).with("WORKER_CONCURRENCY", "16"))?;
    let batches = submit_all(&fleet, CELLS)?;
    let (mut seen, mut recovery) = (Vec::new(), Duration::ZERO);
    let mut extra = 0;
    for (nth, away) in (1..).zip(aways) {
        batches[0].until_ended(CELLS * nth / 8)?;
        let before = fleet.simulator.counts()?;
        ensure!(before.in_flight > 0, "no call was under way");
        fleet.postgres.crash();
        std::thread::sleep(Duration::from_secs(*away));
        fleet.postgres.start_again()?;
        let back = Instant::now();
        let ended = fleet.sql.number("SELECT count(*) FROM runs WHERE finished_at_us IS NOT NULL")?;
        wait::until("results again", RECOVERS_WITHIN, || {
            let now = fleet.sql.number("SELECT count(*) FROM runs WHERE finished_at_us IS NOT NULL")?;
            fleet.replace_the_fallen()?;
            Ok((now > ended).then_some(()))
        })?;
        recovery = recovery.max(back.elapsed());
        let repeated = fleet.simulator.counts()?.extra();
        // Calls survive an outage of up to LEASE − 25 s; beyond it leases end and calls are made again.
        ensure!(*away > 35 || repeated == extra, "{} calls were dropped", repeated - extra);
        extra = repeated;
        seen.push(format!("away for {away} s with {} calls under way", before.in_flight));
    }
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?;
    ensure!(aways.iter().any(|away| *away > 35) || verdict.extra_calls == 0, "calls were dropped");
    fleet.stop()?;
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}
