//! 13: the disk of PostgreSQL is full, first for its tables and then for its log too. What was accepted is committed, the API says 503, and
//! all goes on when there is space again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::faults::Draw;
use crate::faults::disk::Disk;
use crate::faults::fleet::{Fleet, Org, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{Batch, Posted, post, submit_all, until_completed};
use crate::services::{self, Postgres};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (1_000, 2_000);
/// Room for an empty database, its log and the work of minutes.
const DISK_MIB: u32 = 224;
/// Cells of each batch that is posted while the disk is full.
const POSTED: u64 = 20;
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// Within this there are results again.
const RECOVERS_WITHIN: Duration = Duration::from_mins(1);
/// Bytes that go into the log, and the begin of its next file, for which there is no space.
const WRITE_LOG: &str =
    "SELECT pg_logical_emit_message(true, 'faults', repeat('x', 1000000)); SELECT pg_switch_wal()";
/// More files of the log than are made in advance.
const LOG_FILES: u32 = 60;

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let full_for = draw.of(Duration::from_secs(8), Duration::from_secs(40));
    let disk = Disk::mount(DISK_MIB)?;
    let data = disk.path().join(services::DATA);
    std::fs::create_dir(&data)?;
    services::own(&data)?;
    let postgres = Postgres::start_apart("faults-disk", |folder| {
        std::os::unix::fs::symlink(&data, folder.join(services::DATA)).context("the server's data")
    })?;
    let mut fleet = Fleet::start_on(postgres, &Plan::usual(60, LATENCY_MS))?;
    let mut batches = submit_all(&fleet, CELLS)?;
    batches[0].until_ended(CELLS / 8)?;
    let (mut seen, mut recovery) = (Vec::new(), Duration::ZERO);
    for log_too in [false, true] {
        disk.fill()?;
        let heard = while_full(&mut fleet, &disk, full_for, log_too)?;
        disk.free()?;
        let free = Instant::now();
        let ended = "SELECT count(*) FROM runs WHERE finished_at_us IS NOT NULL";
        let mut before = None;
        wait::until("results again", RECOVERS_WITHIN, || {
            revive(&mut fleet)?;
            // Until it has recovered, nobody can be asked.
            let Ok(now) = fleet.sql.number(ended) else { return Ok(None) };
            let before = *before.get_or_insert(now);
            Ok((now > before).then_some(()))
        })?;
        recovery = recovery.max(free.elapsed());
        ensure!(heard.refused > 0, "no request met the full disk");
        ensure!(heard.slowest <= ANSWERED_WITHIN, "an answer took {:?}", heard.slowest);
        seen.push(format!(
            "full for {} s{}: 503 {}, accepted {}, slowest {:.1} s, server down {}",
            full_for.as_secs(),
            if log_too { ", its log too" } else { "" },
            heard.refused,
            heard.accepted.len(),
            heard.slowest.as_secs_f64(),
            heard.falls
        ));
        batches.extend(heard.accepted);
        batches.extend(submit_all(&fleet, CELLS)?);
    }
    until_completed(&batches, PATIENCE)?;
    let accepted: u64 = batches.iter().map(|batch| batch.cells).sum();
    let stored = u64::try_from(fleet.sql.number("SELECT count(*) FROM runs")?)?;
    ensure!(stored >= accepted, "{accepted} cells were accepted and {stored} are there");
    // An answer may be lost after its commit: whoever got a 503 may find the batch there. It is worked like any other.
    wait::until("what was committed and not answered", PATIENCE, || {
        Ok((fleet.sql.number("SELECT count(*) FROM runs WHERE finished_at_us IS NULL")? == 0).then_some(()))
    })?;
    let lost = fleet.sql.number("SELECT count(*) FROM attempts WHERE outcome IN ('lost', 'fenced')")?;
    let verdict = judge(&fleet, &batches)?.extra_at_most(u64::try_from(lost)?)?;
    fleet.stop()?;
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

/// What clients met while the disk was full.
#[derive(Default)]
struct Heard {
    accepted: Vec<Batch>,
    refused: usize,
    slowest: Duration,
    /// How often the server ended of it.
    falls: usize,
}

/// Posts and reads until the time is over; who watches over the server starts it again and again.
fn while_full(fleet: &mut Fleet, disk: &Disk, full_for: Duration, log_too: bool) -> anyhow::Result<Heard> {
    let over = AtomicBool::new(false);
    let org = Org { api: fleet.orgs[1].api.clone() };
    std::thread::scope(|scope| {
        let client = scope.spawn(|| post_until(&org, &over));
        let watched = watch(fleet, disk, full_for, log_too);
        over.store(true, Ordering::Relaxed);
        let mut heard = client.join().map_err(|_panic| anyhow::anyhow!("the client panicked"))??;
        heard.falls = watched?;
        Ok(heard)
    })
}

fn watch(fleet: &mut Fleet, disk: &Disk, full_for: Duration, log_too: bool) -> anyhow::Result<usize> {
    let (began, mut falls) = (Instant::now(), 0);
    if log_too {
        // Until the log finds no place: from there on the server cannot go on.
        let found = (0..LOG_FILES).any(|_| disk.fill().is_err() || fleet.sql.run(WRITE_LOG).is_err());
        ensure!(found, "the log found place on a full disk");
    }
    while began.elapsed() < full_for {
        // What the server gives back by itself is taken, too.
        disk.fill()?;
        falls += usize::from(revive(fleet)?);
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(falls)
}

/// Does what watches over processes: starts the server if it has ended, which may fail as long as the disk is full, and workers that ended with 1.
fn revive(fleet: &mut Fleet) -> anyhow::Result<bool> {
    let fell = fleet.postgres.is_over()?;
    if fell && fleet.postgres.start_again().is_err() {
        // It finds no space to begin with: it is tried again.
        return Ok(true);
    }
    if fleet.sql.run("SELECT 1").is_ok() {
        fleet.replace_the_fallen()?;
    }
    Ok(fell)
}

fn post_until(org: &Org, over: &AtomicBool) -> anyhow::Result<Heard> {
    let mut heard = Heard::default();
    while !over.load(Ordering::Relaxed) {
        let asked = Instant::now();
        match post(org, POSTED, &Value::Null)? {
            Posted::Accepted(batch) => heard.accepted.push(batch),
            Posted::Refused(answer) => match (answer.status, answer.retry_after_s) {
                (503, Some(1..=5)) => heard.refused += 1,
                _ => bail!("neither accepted nor told when to come again: {answer:?}"),
            },
        }
        heard.slowest = heard.slowest.max(asked.elapsed());
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(heard)
}
