//! 14: SIGTERM with long calls in flight, a second SIGTERM, and SIGKILL. What is finished is recorded, what is given back is done by others.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rustix::process::Signal;
use serde_json::json;

use crate::faults::Draw;
use crate::faults::calls::{attempts_of, open_attempts};
use crate::faults::fleet::{Fleet, Plan, latency};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

/// What is in the question of every cell, and not in the look at the model.
const ASKED: &str = "service";
/// A drain lasts as long as its longest call.
const DRAINED_WITHIN: Duration = Duration::from_mins(4);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    // Of the whole, three workers have 24 calls under way, and what is given back and left is three rounds of one worker's eight.
    let (cells, lease, call_ms) = draw.of((24, 4, 8_000), (16, 60, 110_000));
    let slow =
        json!({"rules": [{"when": {"input_contains": ASKED}, "then": latency((call_ms, call_ms + 2_000))}]});
    let mut fleet = Fleet::start(&Plan { scenario: slow, ..Plan::usual(lease, (0, 0)) })?;
    let batches = submit_all(&fleet, cells)?;
    wait::until("calls in every worker", PATIENCE, || {
        let mut all = true;
        for worker in &fleet.workers {
            all &= open_attempts(&fleet.sql, worker)? > 0;
        }
        Ok(all.then_some(()))
    })?;
    let [mut drains, mut hastened, mut killed] =
        std::array::from_fn(|_| fleet.workers.pop().expect("the plan has three workers"));
    let began = Instant::now();
    drains.process.signal(Signal::TERM)?;
    hastened.process.signal(Signal::TERM)?;
    killed.process.kill()?;
    // Of two signals of a kind that nobody has heard yet, the system keeps one.
    hastened.process.says("a drain", |said| said.contains("draining").then_some(()))?;
    hastened.process.signal(Signal::TERM)?;
    let ended = hastened.process.end(Duration::from_secs(30))?;
    ensure!(ended.success(), "hastened, a worker ended with {ended}: {}", hastened.process.said());
    let hastening = began.elapsed();
    fleet.add_worker()?;
    let ended = drains.process.end(DRAINED_WITHIN)?;
    ensure!(ended.success(), "drained, a worker ended with {ended}: {}", drains.process.said());
    let drained = attempts_of(&fleet.sql, &drains.incarnation, "recorded")?;
    ensure!(drained > 0, "the drain recorded nothing");
    let lost = attempts_of(&fleet.sql, &drains.incarnation, "lost")?;
    ensure!(lost == 0, "{lost} leases ended while their worker drained");
    until_completed(&batches, DRAINED_WITHIN * 2)?;
    let released = attempts_of(&fleet.sql, &hastened.incarnation, "released")?;
    let verdict = judge(&fleet, &batches)?;
    let again = u64::try_from(released + verdict.attempts_lost)?;
    let verdict = verdict.extra_at_most(again)?;
    fleet.stop()?;
    let seen = vec![
        format!("recorded while draining: {drained}"),
        format!("given back at the second signal: {released}, within {:.1} s", hastening.as_secs_f64()),
    ];
    Ok(Outcome { seen, recovery: None, verdict })
}
