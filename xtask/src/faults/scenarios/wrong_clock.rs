//! 12: the clock of one worker is an hour fast and that of another an hour slow. No lease ends early, and nothing waits for an hour.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::json;

use crate::faults::Draw;
use crate::faults::calls::{attempts_of, open_attempts};
use crate::faults::fleet::{Fleet, Plan, Worker};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};
use crate::tools;

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (600, 1_400);
/// Hours by which the clocks of the workers are wrong.
const HOURS: [i64; 3] = [1, -1, 0];
/// What a refused call is told to wait, by a due time that its worker writes and others read.
const RETRY_AFTER_S: i64 = 3;
/// What every cell's question has in it, and the look at the model has not.
const ASKED: &str = "service";
const LIBRARIES: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let (lease, cells) = draw.of((4, CELLS), (60, 4 * CELLS));
    tools::ensure("libfaketime", &["libfaketime"], || library().is_some())?;
    let library = library().context("libfaketime was installed and is not found")?;
    let refuses = json!({
        "latency": {"min_ms": LATENCY_MS.0, "max_ms": LATENCY_MS.1},
        "rules": [{
            "when": {"input_contains": ASKED, "try_to": 1, "share": 0.2},
            "then": {"fault": {"error": {"status": 503, "retry_after_s": RETRY_AFTER_S}}},
        }],
    });
    let plan = Plan { scenario: refuses, workers: 0, ..Plan::usual(lease, LATENCY_MS) };
    let mut fleet = Fleet::start(&plan)?;
    for hours in HOURS {
        fleet.add_worker_in(&[
            ("LD_PRELOAD", library.to_string_lossy().into_owned()),
            ("FAKETIME", format!("{hours:+}h")),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ])?;
    }
    let mut batches = submit_all(&fleet, cells)?;
    // As long as several renewals at least.
    let worked = Instant::now();
    until_completed(&batches, PATIENCE)?;
    let worked = worked.elapsed();
    let early = fleet.sql.number(EARLY)?;
    ensure!(early == 0, "{early} calls were tried again before their time");
    let late = fleet.sql.number(LATE)?;
    ensure!(late == 0, "{late} calls were tried again minutes after their time");
    let retries = retries_of_all(&fleet)?;
    ensure!(retries > 0, "no call was told to wait");
    let lost = fleet.sql.number("SELECT count(*) FROM attempts WHERE outcome IN ('lost', 'fenced')")?;
    ensure!(lost == 0, "{lost} leases ended early");
    let mut seen = clocks(&fleet)?;
    // And what such a worker leaves behind when it dies is taken up in time.
    batches.extend(submit_all(&fleet, CELLS)?);
    let recovery = kill_the_wrong(&mut fleet, lease)?;
    until_completed(&batches, PATIENCE)?;
    let hit = fleet.sql.number("SELECT count(*) FROM attempts WHERE outcome = 'lost'")?;
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(hit + retries_of_all(&fleet)?)?)?;
    fleet.stop()?;
    seen.push(format!("worked for {:.0} s under leases of {lease} s", worked.as_secs_f64()));
    seen.push(format!("told to wait: {retries}, early: {early}, late: {late}; attempts hit: {hit}"));
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// Attempts that began before the one that was told to wait had waited; by the database's clock.
const EARLY: &str = "SELECT count(*) FROM attempts AS a
    CROSS JOIN LATERAL (
        SELECT x.started_at_us FROM attempts AS x
        WHERE x.org_id = a.org_id AND x.run_id = a.run_id AND x.fence > a.fence ORDER BY x.fence LIMIT 1
    ) AS n
    WHERE a.outcome = 'retried' AND n.started_at_us < a.started_at_us + 3000000";
const LATE: &str = "SELECT count(*) FROM attempts AS a
    CROSS JOIN LATERAL (
        SELECT x.started_at_us FROM attempts AS x
        WHERE x.org_id = a.org_id AND x.run_id = a.run_id AND x.fence > a.fence ORDER BY x.fence LIMIT 1
    ) AS n
    WHERE a.outcome = 'retried' AND n.started_at_us > a.started_at_us + 180000000";

fn retries_of_all(fleet: &Fleet) -> anyhow::Result<i64> {
    fleet.sql.number("SELECT count(*) FROM attempts WHERE outcome = 'retried'")
}

/// What the workers took the time for, as their logs have it.
fn clocks(fleet: &Fleet) -> anyhow::Result<Vec<String>> {
    let mut seen = Vec::new();
    for (hours, worker) in HOURS.into_iter().zip(&fleet.workers) {
        let recorded = attempts_of(&fleet.sql, &worker.incarnation, "recorded")?;
        ensure!(recorded > 0, "the worker whose clock is {hours:+} h off recorded nothing");
        // The first line that it wrote, against the real clock.
        let said = worker.process.said();
        let at = said.split_whitespace().find(|word| word.len() > 20 && word.ends_with('Z'));
        let at = at.with_context(|| format!("no time in {said}"))?;
        let off = fleet.sql.number(&format!(
            "SELECT round(extract(epoch FROM '{at}'::timestamptz - now()) / 3600)::bigint"
        ))?;
        ensure!(off == hours, "a worker's clock is {off} h off instead of {hours}");
        seen.push(format!("clock {hours:+} h: {recorded} recorded"));
    }
    Ok(seen)
}

/// Kills both whose clocks are wrong, mid-call; answers how long it took until the last of their runs was taken back.
fn kill_the_wrong(fleet: &mut Fleet, lease: u32) -> anyhow::Result<Duration> {
    wait::until("calls under way in both", PATIENCE, || {
        let both = [0, 1].map(|worker| open_attempts(&fleet.sql, &fleet.workers[worker]));
        let [fast, slow] = both;
        Ok((fast? >= 4 && slow? >= 4).then_some(()))
    })?;
    let mut wrong: Vec<Worker> = fleet.workers.drain(..2).collect();
    let killed = Instant::now();
    wrong.iter_mut().try_for_each(|worker| worker.process.kill())?;
    let within = Duration::from_secs(u64::from(lease)) * 3 / 2;
    for worker in &wrong {
        // What a sweep took back in between is closed by now, and counts as well.
        let lost = || attempts_of(&fleet.sql, &worker.incarnation, "lost");
        let hit = open_attempts(&fleet.sql, worker)? + lost()?;
        ensure!(hit > 0, "the kill met no attempt");
        wait::until("its runs to be taken back", within, || Ok((lost()? == hit).then_some(())))?;
    }
    Ok(killed.elapsed())
}

fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir(LIBRARIES).ok()?.flatten();
    folders.map(|folder| folder.path().join(LIBRARY)).find(|library| library.is_file())
}
