//! 15: three schedulers over one database: each tick and each due time fires once, and who leads is followed.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::calls::now_us;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::member::Member;
use crate::faults::outcome::Outcome;
use crate::faults::schedule::Schedule;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 200;
/// Of each due time.
const SCHEDULED_CELLS: u64 = 4;
const LEASE_SECONDS: u32 = 4;
const LATENCY_MS: (u64, u64) = (200, 600);
/// A sweep's tick is a quarter of a lease, and its row is held for nine tenths of that.
const TICK_US: i64 = LEASE_SECONDS as i64 * 1_000_000 / 4;
const FOLLOWED_WITHIN: Duration = Duration::from_secs(30);
const LEADER: &str = "SELECT coalesce(max(holder), '') FROM single_flights WHERE name = 'scheduler/ring/lead'
    AND lease_until_us > public.now_us()";
const TICKS: &str = "SELECT coalesce(max(fence), 0) FROM single_flights WHERE name = 'scheduler/sweep'";

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (kills, watched, due_minutes) =
        draw.of((1, Duration::from_secs(8), 12), (5, Duration::from_mins(1), 90));
    let mut fleet = Fleet::start(&Plan { schedulers: 0, ..Plan::usual(LEASE_SECONDS, LATENCY_MS) })?;
    let schedule = Schedule::due_since(&fleet, SCHEDULED_CELLS, due_minutes)?;
    let mut names: Vec<String> = (0..3).map(|_| fleet.add_scheduler()).collect::<Result<_, _>>()?;
    let mut batches = submit_all(&fleet, CELLS)?;
    let (ticks, from) = (fleet.sql.number(TICKS)?, now_us(&fleet.sql)?);
    std::thread::sleep(watched);
    let (fired, passed) = (fleet.sql.number(TICKS)? - ticks, now_us(&fleet.sql)? - from);
    // Nine tenths of a tick lie between two that fire, whoever takes them.
    let most = passed / (TICK_US / 10 * 9) + 1;
    ensure!(fired <= most, "{fired} sweeps in {passed} µs, at most {most} should have been");
    ensure!(fired * 2 * TICK_US >= passed, "only {fired} sweeps in {passed} µs");
    let mut recovery = Duration::ZERO;
    for _ in 0..kills {
        let leader = wait::until("a leader", FOLLOWED_WITHIN, || {
            Ok(Some(fleet.sql.text(LEADER)?).filter(|name| !name.is_empty()))
        })?;
        let at = names.iter().position(|name| *name == leader);
        let at = at.ok_or_else(|| anyhow::anyhow!("{leader} is none of {names:?}"))?;
        let mut killed: Member = fleet.schedulers.remove(at);
        names.remove(at);
        killed.kill()?;
        let died = Instant::now();
        wait::until("another leader", FOLLOWED_WITHIN, || {
            Ok((names.contains(&fleet.sql.text(LEADER)?)).then_some(()))
        })?;
        recovery = recovery.max(died.elapsed());
        names.push(fleet.add_scheduler()?);
    }
    let scheduled = schedule.caught_up(&fleet)?;
    let due_times = scheduled.len();
    // Each due time after the first submits the same batch, whose cells and probe are the same exchanges to the provider.
    let same_again = u64::try_from(due_times - 1)? * (SCHEDULED_CELLS + 1);
    batches.extend(scheduled);
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?.extra_exactly(same_again)?;
    fleet.stop()?;
    let seen = vec![
        format!("sweeps in {:.0} s: {fired}", Duration::from_micros(u64::try_from(passed)?).as_secs_f64()),
        format!("leaders killed: {kills}"),
        format!("due times, each with its one batch: {due_times}"),
    ];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}
