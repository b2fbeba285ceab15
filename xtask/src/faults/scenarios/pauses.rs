//! 17: pauses against 24 claimers. Once a pause is answered, no attempt begins until the resume; after it one begins within 2 s.

use std::time::{Duration, Instant};

use anyhow::ensure;
use rand::RngExt as _;
use serde_json::json;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit, until_completed};

const LATENCY_MS: (u64, u64) = (80, 240);
/// From a resume's request until the first attempt after it, which includes one look at the model.
const STARTED_WITHIN: Duration = Duration::from_secs(2);
/// Beyond what a call and its way take: an attempt that began before the pause has called by then.
const SETTLED: Duration = Duration::from_millis(500);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (pauses, cells) = draw.of((10, 800), (100, 6_000));
    let mut fleet = Fleet::start(&Plan::usual(20, LATENCY_MS))?;
    let batch = submit(&fleet.orgs[0], cells)?;
    batch.until("running", PATIENCE)?;
    let (mut held, mut slowest) = (0, Duration::ZERO);
    let mut starts = Vec::new();
    while held < pauses && batch.ended()? + cells / 20 < cells {
        std::thread::sleep(Duration::from_millis(draw.rng.random_range(0..250)));
        let asked = Instant::now();
        batch.decide("pause", &json!({}))?.expect(200)?;
        slowest = slowest.max(asked.elapsed());
        // From here on no attempt begins: what the provider receives was begun before.
        let begun = begun(&fleet)?;
        let at_once = fleet.simulator.counts()?.received;
        wait::until("the calls' end", PATIENCE, || {
            Ok((fleet.simulator.counts()?.in_flight == 0).then_some(()))
        })?;
        std::thread::sleep(SETTLED.mul_f64(draw.rng.random_range(0.1..1.0)));
        let received = fleet.simulator.counts()?.received;
        ensure!(begun == self::begun(&fleet)?, "an attempt began after pause {held} was answered");
        ensure!(received <= begun, "{received} calls were received, and {begun} were begun before the pause");
        // By the provider's own account, too: what was claimed just before has been sent when the pause is answered.
        ensure!(
            received == at_once,
            "{} calls were received after pause {held} was answered",
            received - at_once
        );
        held += 1;
        let asked_us = fleet.sql.number("SELECT public.now_us()")?;
        let resumed = batch.decide("resume", &json!({"lock": "same", "reason": "on"}))?;
        ensure!([200, 202].contains(&resumed.status), "{resumed:?}");
        batch.until("running", PATIENCE)?;
        starts.push(first_start(&fleet, asked_us)?);
    }
    ensure!(held == pauses, "the batch ended after {held} pauses");
    starts.sort();
    let (median, longest) = (starts[starts.len() / 2], starts[starts.len() - 1]);
    ensure!(
        longest <= STARTED_WITHIN,
        "the first attempt after a resume began {longest:?} after it was asked for"
    );
    until_completed(std::slice::from_ref(&batch), PATIENCE)?;
    let verdict = judge(&fleet, &[batch])?.called_once()?;
    fleet.stop()?;
    let seen = vec![
        format!("pauses: {held}"),
        format!("slowest answer: {:.0} ms", slowest.as_secs_f64() * 1_000.0),
        format!(
            "resume to first start: median {:.0} ms, longest {:.0} ms",
            median.as_secs_f64() * 1_000.0,
            longest.as_secs_f64() * 1_000.0
        ),
    ];
    Ok(Outcome { seen, recovery: None, verdict })
}

/// How long after that moment, by the database's clock, the first cell's attempt began.
fn first_start(fleet: &Fleet, asked_us: i64) -> anyhow::Result<Duration> {
    let first = format!(
        "SELECT coalesce(min(a.started_at_us), 0) FROM attempts AS a WHERE a.started_at_us > {asked_us}"
    );
    let began = wait::until("an attempt after the resume", PATIENCE, || {
        Ok(Some(fleet.sql.number(&first)?).filter(|began| *began > 0))
    })?;
    Ok(Duration::from_micros(u64::try_from(began - asked_us)?))
}

/// Attempts that have begun, of cells and of looks at the model.
fn begun(fleet: &Fleet) -> anyhow::Result<u64> {
    let begun = "SELECT (SELECT count(*) FROM attempts) + (SELECT count(*) FROM preflight_attempts)";
    Ok(u64::try_from(fleet.sql.number(begun)?)?)
}
