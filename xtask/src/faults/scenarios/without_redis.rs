//! 6 and 7: Redis loses all that it holds, or dies and comes back with nothing. It holds nothing that the rows do not.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};
use crate::services::Redis;

/// So many, and so long, that cells still wait when after the last disaster what was hinted at a moment ago is rung for again: a shorter batch is ended by looks at
/// the rows alone.
const CELLS: u64 = 800;
const LATENCY_MS: (u64, u64) = (2_000, 4_000);
/// Within this what was hinted at in a Redis that is gone is rung for again (docs/spec/reliability.md, rule 13).
const RUNG_AGAIN_WITHIN: Duration = Duration::from_mins(1);
/// How long a Redis that was killed is away.
const AWAY: Duration = Duration::from_secs(5);

/// FLUSHALL in the middle of batches.
pub(super) fn flushed(draw: &mut Draw) -> anyhow::Result<Outcome> {
    lost(draw.of(2, 6), "emptied", Redis::flush)
}

/// Killed, and started again empty.
pub(super) fn restarted(draw: &mut Draw) -> anyhow::Result<Outcome> {
    lost(draw.of(1, 3), "killed and started empty", |redis| {
        redis.kill()?;
        std::thread::sleep(AWAY);
        redis.start_again()
    })
}

fn lost(
    times: u64,
    how: &str,
    disaster: impl Fn(&mut Redis) -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    let mut redis = Redis::start()?;
    let plan = Plan::usual(60, LATENCY_MS).with("USE_REDIS", "true").with("REDIS_URL", &redis.url());
    let mut fleet = Fleet::start(&plan)?;
    let batches = submit_all(&fleet, CELLS)?;
    let mut recovery = Duration::ZERO;
    for nth in 1..=times {
        batches[0].until_ended(CELLS * nth / (2 * times))?;
        ensure!(fleet.simulator.counts()?.in_flight > 0, "no call was under way");
        disaster(&mut redis)?;
        let (back, before) = (Instant::now(), rung(&redis)?);
        // Only a queue that is rung again has a hint of after the disaster.
        wait::until("hints again", RUNG_AGAIN_WITHIN, || Ok((rung(&redis)? > before).then_some(())))?;
        recovery = recovery.max(back.elapsed());
    }
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?;
    ensure!(verdict.extra_calls == 0, "{} calls were made again", verdict.extra_calls);
    fleet.stop()?;
    Ok(Outcome { seen: vec![format!("{how} {times} times")], recovery: Some(recovery), verdict })
}

/// Hints that were pushed since Redis last lost everything.
fn rung(redis: &Redis) -> anyhow::Result<u64> {
    let counted = redis.ask(&[
        "eval",
        "local k = redis.call('KEYS', '*:hints:ids') return k[1] and redis.call('GET', k[1]) or 0",
        "0",
    ])?;
    Ok(counted.parse().unwrap_or(0))
}
