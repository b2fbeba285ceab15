//! 5: every connection of every pool waits behind a lock. Leases are renewed by connections of their own, and the API says 503 instead of hanging.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::faults::Draw;
use crate::faults::api::{Answer, Api};
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit, submit_all, until_completed};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (500, 1_500);
/// Connections of a process for its work: as many as write results at once.
const CONNECTIONS: i64 = 3;
/// Commits write these rows and a batch's answer reads them; a renewal does neither.
const LOCKED: &str = "batch_counters";
const CLIENTS: usize = 8;
/// The longest that a client may wait for an answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    // Three leases and more.
    let (lease, seconds) = draw.of((4, 14), (20, 60));
    let plan = Plan::usual(lease, LATENCY_MS).with("DATABASE_MAX_CONNECTIONS", &CONNECTIONS.to_string());
    let mut fleet = Fleet::start(&plan)?;
    let batches = submit_all(&fleet, CELLS)?;
    batches[0].until_ended(CELLS / 8)?;
    let lock =
        format!("BEGIN; LOCK TABLE {LOCKED} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT");
    let mut locker = fleet.sql.command(&lock).stdout(std::process::Stdio::null()).spawn()?;
    wait::until("the lock", PATIENCE, || Ok((fleet.sql.number(HELD)? > 0).then_some(())))?;
    let over = AtomicBool::new(false);
    let path = format!("/v1/batches/{}", batches[0].id);
    let (heard, watched) = std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..CLIENTS).map(|_| scope.spawn(|| ask_until(&fleet.orgs[0].api, &path, &over))).collect();
        let watched = watch(&fleet, || Ok(locker.try_wait()?.is_none()));
        over.store(true, Ordering::Relaxed);
        let heard: anyhow::Result<Vec<Heard>> = clients
            .into_iter()
            .map(|client| client.join().map_err(|_panic| anyhow::anyhow!("a client panicked"))?)
            .collect();
        (heard, watched)
    });
    let (heard, watched) = (Heard::all(heard?), watched?);
    let free = Instant::now();
    let ended = batches[0].ended()?;
    wait::until("results again", PATIENCE, || Ok((batches[0].ended()? > ended).then_some(())))?;
    let recovery = free.elapsed();
    // What is posted afterwards is answered as ever.
    let mut batches = batches;
    batches.push(submit(&fleet.orgs[1], 20)?);
    until_completed(&batches, PATIENCE)?;
    ensure!(heard.refused > 0, "no request met an exhausted pool");
    ensure!(heard.slowest <= ANSWERED_WITHIN, "an answer took {:?}", heard.slowest);
    ensure!(watched.api >= CONNECTIONS, "{} connections of the API waited at once", watched.api);
    ensure!(watched.workers >= 3 * CONNECTIONS, "{} of the workers waited at once", watched.workers);
    let verdict = judge(&fleet, &batches)?.called_once()?;
    ensure!(verdict.attempts_lost == 0, "{} leases were lost", verdict.attempts_lost);
    ensure!(verdict.attempts_fenced == 0, "{} attempts were fenced", verdict.attempts_fenced);
    fleet.stop()?;
    let seen = vec![
        format!("exhausted for {seconds} s, leases of {lease} s: {} held", watched.leases),
        format!("connections waiting at once: {} of the API, {} of workers", watched.api, watched.workers),
        format!(
            "answers 503: {}, 2xx: {}, slowest {:.1} s",
            heard.refused,
            heard.served,
            heard.slowest.as_secs_f64()
        ),
    ];
    Ok(Outcome { seen, recovery: Some(recovery), verdict })
}

const HELD: &str = "SELECT count(*) FROM pg_locks WHERE relation = 'batch_counters'::regclass
    AND mode = 'AccessExclusiveLock' AND granted";
/// Leases that anybody could take now: a row that its own commit holds is passed over, here as by the sweep.
const RUN_OUT: &str = "SELECT count(*) FROM (
        SELECT 1 FROM runs WHERE status = 'running' AND lease_until_us < public.now_us() FOR UPDATE SKIP LOCKED
    ) AS free";
const RUNNING: &str = "SELECT count(*) FROM runs WHERE status = 'running'";

/// The most that was seen waiting while the lock was held.
#[derive(Default)]
struct Watched {
    api: i64,
    workers: i64,
    leases: i64,
}

/// Looks at leases and connections for as long as the lock is held: no lease may run out.
fn watch(fleet: &Fleet, mut held: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<Watched> {
    let mut watched = Watched::default();
    let waiting = |login: &str| {
        fleet.sql.number(&format!(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = '{login}' AND wait_event_type = 'Lock'"
        ))
    };
    while held()? {
        let run_out = fleet.sql.number(RUN_OUT)?;
        ensure!(run_out == 0, "{run_out} leases ran out while the pools were exhausted");
        watched.leases = watched.leases.max(fleet.sql.number(RUNNING)?);
        watched.api = watched.api.max(waiting("stet_faults_api")?);
        watched.workers = watched.workers.max(waiting("stet_faults_worker")?);
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(watched)
}

/// What a client was answered.
#[derive(Default)]
struct Heard {
    refused: usize,
    served: usize,
    slowest: Duration,
}

impl Heard {
    fn all(clients: Vec<Self>) -> Self {
        clients.into_iter().fold(Self::default(), |all, one| Self {
            refused: all.refused + one.refused,
            served: all.served + one.served,
            slowest: all.slowest.max(one.slowest),
        })
    }
}

/// Asks for what is locked and for what only needs a connection, in turn.
fn ask_until(api: &Api, locked: &str, over: &AtomicBool) -> anyhow::Result<Heard> {
    let mut heard = Heard::default();
    for path in [locked, "/v1/templates", "/readyz"].into_iter().cycle() {
        let asked = Instant::now();
        let answer = api.get(path).with_context(|| format!("{path} got no answer"))?;
        heard.slowest = heard.slowest.max(asked.elapsed());
        if is_refusal(&answer)? {
            heard.refused += 1;
        } else {
            heard.served += 1;
        }
        if over.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(heard)
}

/// Whether it is a 503, which has to say when to come again; anything but that or a success is an error.
fn is_refusal(answer: &Answer) -> anyhow::Result<bool> {
    match (answer.status, answer.retry_after_s) {
        (200..=299, _) => Ok(false),
        (503, Some(1..=5)) => Ok(true),
        _ => anyhow::bail!("neither served nor told when to come again: {answer:?}"),
    }
}
