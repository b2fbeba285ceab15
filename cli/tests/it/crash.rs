//! `kill -9` at random moments: a restart finishes the batch with exactly one recorded result a cell (reliability.md, "Invariants").

mod check;
mod moment;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::rngs::{StdRng, SysRng};
use rand::{RngExt, SeedableRng, TryRng};

use crate::process::Process;
use crate::site::Site;
use moment::{Kill, Moment};

/// Plays the moments of a failed run again: the seed that it printed.
const SEED: Option<u64> = None;
const BATCHES: usize = 10;
/// A third crash of the same run would be its end by rule (POISON).
const KILLS_A_BATCH: usize = 2;
/// So many batches at once.
const LANES: usize = 3;
/// Of the kills, so many must find an attempt under way; the others come before the first claim or after the last commit.
const HITS_MIN: usize = 10;
/// Of the kills, so many must leave cells to do; the others come in the moment after the last commit.
const WORKED_MIN: usize = 16;

pub(crate) const CELLS: u64 = 36;
pub(crate) const CONCURRENCY: u64 = 6;

fn seed() -> u64 {
    let seed = SEED.unwrap_or_else(|| SysRng.try_next_u64().unwrap());
    eprintln!(
        "the moments are drawn from seed {seed}: set SEED in crash.rs to Some({seed}) to play them again"
    );
    seed
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let seed = seed();
    let next = AtomicUsize::new(0);
    let kills = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _lane in 0..LANES {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= BATCHES {
                        break;
                    }
                    let found = batch(index, seed.wrapping_add(index as u64));
                    kills.lock().unwrap().extend(found);
                }
            });
        }
    });
    let kills = kills.into_inner().unwrap();
    eprintln!("{kills:#?}");
    assert_eq!(kills.len(), BATCHES * KILLS_A_BATCH);
    let hits = kills.iter().filter(|kill| kill.running > 0).count();
    assert!(hits >= HITS_MIN, "{hits} of {} kills found an attempt under way: {kills:?}", kills.len());
    let worked = kills.iter().filter(|kill| kill.left > 0).count();
    assert!(worked >= WORKED_MIN, "{worked} of {} kills left cells behind: {kills:?}", kills.len());
}

/// One batch with its kills, and all checks on it.
fn batch(index: usize, seed: u64) -> Vec<Kill> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut site = Site::start(
        r#"{"latency": {"min_ms": 20, "max_ms": 160}}"#,
        &[("LEASE_SECONDS", "3"), ("WORKER_CONCURRENCY", "6")],
    );
    let template = site.template();
    let mut kills = Vec::new();
    let mut submitted = None;
    for nth in 0..KILLS_A_BATCH {
        let moment = Moment::draw(index, nth, &mut rng);
        kills.push(moment.kill(&mut site, &template, &mut submitted));
    }
    site.serve();
    let batch = submitted.unwrap_or_else(|| moment::submit(&site, &template));
    check::all(&mut site, &batch, &kills);
    kills
}

/// How long a first start takes here, and the longest wait before a kill in it.
fn first_start() -> Duration {
    let start = Instant::now();
    let mut site = Site::without_server("{}", &[]);
    let from = Instant::now();
    site.serve();
    drop(site);
    eprintln!("a first start takes {:?} (all {:?})", from.elapsed(), start.elapsed());
    from.elapsed()
}

#[test]
fn a_first_start_that_is_killed_is_made_up_for_by_the_next() {
    const ROUNDS: u32 = 12;
    let mut rng = StdRng::seed_from_u64(seed());
    let longest = first_start();
    let mut killed = 0;
    for _round in 0..ROUNDS {
        let mut site = Site::without_server("{}", &[]);
        let mut server: Process = site.spawn();
        // A moment by the clock, and no condition: that is what is tested.
        std::thread::sleep(longest.mul_f64(rng.random_range(0.0..1.0)));
        killed += u32::from(server.kill());
        site.serve();
        let template = site.template();
        site.stet(&["run", "create", &template, "--locale", "de-DE"]).done();
        assert_eq!(site.stet(&["verify"]).done().json()["disagreeing"], 0);
    }
    assert_eq!(killed, ROUNDS);
}
