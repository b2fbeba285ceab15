//! 4: PostgreSQL stops at once and is away for a while. What was called stays called, and nobody has to lend a hand.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const LEASE: Duration = Duration::from_mins(1);
const LATENCY_MS: (u64, u64) = (2_000, 4_000);
/// Within this a process works again, or has ended with exit status 1.
const RECOVERS_WITHIN: Duration = Duration::from_secs(30);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (aways, cells): (&[u64], u64) = draw.of((&[8], 200), (&[8, 70], 400));
    let plan = Plan::usual(u32::try_from(LEASE.as_secs())?, LATENCY_MS);
    let mut fleet = Fleet::start(&plan.with("WORKER_CONCURRENCY", "16"))?;
    let batches = submit_all(&fleet, cells)?;
    let workers = i64::try_from(fleet.workers.len())?;
    let (mut seen, mut recovery) = (Vec::new(), Duration::ZERO);
    let mut extra = 0;
    for (nth, away) in (1..).zip(aways) {
        batches[0].until_ended(cells * nth / 8)?;
        let before = fleet.simulator.counts()?;
        ensure!(before.in_flight > 0, "no call was under way");
        fleet.postgres.crash();
        std::thread::sleep(Duration::from_secs(*away));
        fleet.postgres.start_again()?;
        let back = Instant::now();
        let back_us = fleet.sql.number("SELECT public.now_us()")?;
        wait::until("results of every worker again", RECOVERS_WITHIN, || {
            fleet.replace_the_fallen()?;
            Ok((fleet.sql.number(&at_work(back_us))? == workers).then_some(()))
        })?;
        recovery = recovery.max(back.elapsed());
        // By the end of its lease what was dropped is called for again.
        wait::until("the end of what was under way", LEASE + PATIENCE, || {
            Ok((fleet.sql.number(&open_since(back_us))? == 0).then_some(()))
        })?;
        let repeated = fleet.simulator.counts()?.extra() - extra;
        // Calls survive an outage of up to LEASE − 25 s; beyond it leases end, and what was under way is called for again.
        let most = if *away > 35 { before.in_flight } else { 0 };
        ensure!(repeated <= most, "away for {away} s, {repeated} calls were dropped, at most {most} may be");
        extra += repeated;
        seen.push(format!("away for {away} s with {} calls under way", before.in_flight));
    }
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?;
    ensure!(verdict.extra_calls <= extra, "{} calls were dropped later", verdict.extra_calls - extra);
    fleet.stop()?;
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// How many processes have recorded a result since then.
fn at_work(since_us: i64) -> String {
    format!(
        "SELECT count(DISTINCT worker) FROM attempts WHERE outcome = 'recorded' AND finished_at_us > {since_us}"
    )
}

/// How many attempts of before then have no end yet.
fn open_since(before_us: i64) -> String {
    format!("SELECT count(*) FROM attempts WHERE finished_at_us IS NULL AND started_at_us < {before_us}")
}
