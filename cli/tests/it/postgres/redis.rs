//! `USE_REDIS`: a queue and refusals in Redis, which may be emptied, killed or absent; the rows are the truth.

use std::time::{Duration, Instant};

use stet_testkit::{Login, TempRedis, Way};

use super::members::Members;
use super::server::Server;
use super::{PORT, refuses};
use crate::bed::{Bed, submission};
use crate::http;
use crate::process::until;

const SLOW: &str = r#"{"latency": {"min_ms": 150, "max_ms": 300}}"#;
const USED: (&str, &str) = ("USE_REDIS", "true");

/// Duplicates of all hints that a queue has ever carried, ten each.
const TEN_TIMES: &str = "local queue = string.sub(redis.call('KEYS', 'stet:*:hints:data')[1], 1, -6)
    local payloads = redis.call('HVALS', queue .. ':data')
    for _, payload in ipairs(payloads) do
        for _ = 1, 10 do
            local id = redis.call('INCR', queue .. ':ids')
            redis.call('HSET', queue .. ':data', id, payload)
            redis.call('HSET', queue .. ':meta:' .. id, 'attempts', 0, 'max_attempts', 1, 'status', 'Pending')
            redis.call('RPUSH', queue .. ':active', id)
        end
    end
    return #payloads";

/// Hints that wait.
fn waiting(redis: &TempRedis) -> String {
    let script = "local lists = redis.call('KEYS', 'stet:*:hints:active')
        return #lists == 0 and 0 or redis.call('LLEN', lists[1])";
    redis.ask(&["eval", script, "0"])
}

#[test]
fn a_fleet_over_redis_runs_a_batch_and_calls_once_a_cell() {
    let (server, redis) = (Server::start(), TempRedis::start());
    let settings = [USED, ("REDIS_URL", &redis.url()), ("WORKER_CONCURRENCY", "16")];
    let fleet = Members::start(&server, SLOW, &settings, 2, 2);
    assert_eq!(server.number("SELECT count(*) FROM pg_namespace WHERE nspname = 'apalis'"), 0);
    for member in fleet.workers.iter().chain(&fleet.schedulers) {
        let said = member.said();
        assert!(said.contains("the queue is in Redis") && said.contains("Redis stands in front"), "{said}");
    }
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 100));
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 200);
    // One call a cell, and the probe.
    assert_eq!(site.received(), 201);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
    assert_eq!(server.number("SELECT count(DISTINCT worker) FROM attempts"), 2);
    let carried = redis.ask(&["eval", "return redis.call('GET', redis.call('KEYS', '*:hints:ids')[1])", "0"]);
    assert!(carried.parse::<u32>().is_ok_and(|hints| hints >= 8), "{carried}");
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    fleet.stop();
}

/// After so many cells, what becomes of Redis.
type Disaster<'d> = (u64, &'d dyn Fn(&mut TempRedis));

#[test]
fn an_emptied_or_killed_redis_loses_no_cell_and_repeats_none() {
    let (server, mut redis) = (Server::start(), TempRedis::start());
    let settings = [USED, ("REDIS_URL", &redis.url()), ("WORKER_CONCURRENCY", "8")];
    let fleet = Members::start(&server, SLOW, &settings, 2, 1);
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 150));
    let disasters: [Disaster<'_>; 5] = [
        (10, &|redis| redis.flush()),
        (50, &|redis| redis.flush()),
        (90, &TempRedis::kill),
        (150, &TempRedis::up),
        (220, &TempRedis::kill),
    ];
    for (done, disaster) in disasters {
        site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(done));
        disaster(&mut redis);
    }
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 300);
    assert_eq!(site.received(), 301);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
    // Two outages: each is told once by each process, however many operations met it.
    for worker in &fleet.workers {
        let said = worker.said();
        let told = said.matches("Redis does not answer; the rows are asked instead").count();
        assert!(told <= 2, "{told} times: {said}");
    }
    // Without it a single run is executed as well, and the API answers at once.
    let run = site.stet(&["run", "create", &template, "--locale", "de-DE"]).done().json();
    assert_eq!(run["status"], "succeeded");
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    fleet.stop();
}

#[test]
fn what_was_hinted_at_in_an_emptied_redis_is_rung_for_again() {
    let (server, redis) = (Server::start(), TempRedis::start());
    let mut fleet = Members::start(&server, "{}", &[USED, ("REDIS_URL", &redis.url())], 0, 1);
    let template = fleet.site.template();
    let run = fleet.site.client(&[], &["run", "create", &template, "--locale", "de-DE"]);
    until("the hint", || (waiting(&redis) != "0").then_some(()));
    redis.flush();
    let start = Instant::now();
    until("another hint", || (waiting(&redis) != "0").then_some(()));
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    fleet.add_worker();
    assert_eq!(run.end().done().json()["status"], "succeeded");
    assert_eq!(fleet.site.received(), 1);
    fleet.stop();
}

#[test]
fn a_killed_worker_is_made_up_for_by_others() {
    let (server, redis) = (Server::start(), TempRedis::start());
    let settings = [USED, ("REDIS_URL", &redis.url()), ("WORKER_CONCURRENCY", "8"), ("LEASE_SECONDS", "4")];
    let mut fleet = Members::start(&server, SLOW, &settings, 3, 2);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 60));
    fleet.site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(20));
    assert!(fleet.workers.swap_remove(0).kill());
    assert!(fleet.schedulers.swap_remove(0).kill());
    let killed = Instant::now();
    let ended = fleet.site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 120);
    // Nobody's key keeps a run back whose lease has ended: the sweep, a second apart, and the look at the rows are all that is waited for.
    assert!(killed.elapsed() < Duration::from_secs(30), "{:?}", killed.elapsed());
    let received = fleet.site.received();
    assert!((121..=129).contains(&received), "{received}: at most the killed one's eight calls are repeated");
    fleet.stop();
}

#[test]
fn the_same_hint_ten_times_is_one_call() {
    let (server, redis) = (Server::start(), TempRedis::start());
    let scenario = r#"{"latency": {"min_ms": 1500, "max_ms": 2000}}"#;
    let settings = [USED, ("REDIS_URL", &redis.url()), ("STET_HEALTH_LISTEN", "127.0.0.1:0")];
    let mut fleet = Members::start(&server, scenario, &settings, 2, 0);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 3));
    // Of all hints ten more, while the calls are under way and after.
    for moment in ["running", "completed"] {
        fleet.site.batch_until(&batch, moment, |batch| batch["status"] == moment);
        let hints = redis.ask(&["eval", TEN_TIMES, "0"]);
        assert!(hints.parse::<u32>().is_ok_and(|hints| hints >= 1), "{hints}");
        until("the hints' end", || (waiting(&redis) == "0").then_some(()));
    }
    assert_eq!(fleet.site.received(), 7);
    assert_eq!(fleet.site.counts()["repeated"], serde_json::json!({}));
    // Most were refused before a row was looked at.
    let refused: u64 = fleet.workers.iter_mut().map(refused_hints).sum();
    assert!(refused >= 50, "{refused}");
    fleet.stop();
}

/// What a worker's metrics count of refused hints.
fn refused_hints(worker: &mut crate::process::Process) -> u64 {
    let url = worker.says("the probes", |said| {
        let (_, rest) = said.split_once("the probes are at ")?;
        Some(rest.split_once(' ')?.0.to_owned())
    });
    let text = http::text(&url.unwrap(), "/metrics").unwrap();
    let name = "redis_refusals_total{what=\"hint\"} ";
    text.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).unwrap_or(0)
}

#[test]
fn a_redis_that_is_not_there_is_refused_at_the_start_with_what_to_do() {
    let (server, redis) = (Server::start(), TempRedis::stopped());
    let bed = Bed::new();
    let url = server.url(Way::Straight, Login::Both);
    let database = ("DATABASE_URL", url.as_str());
    refuses(&bed, &[database, USED], &["USE_REDIS is true and REDIS_URL is not set"]);
    refuses(&bed, &[USED, ("REDIS_URL", &redis.url())], &["SQLite file", "USE_REDIS is true"]);
    refuses(&bed, &[database, USED, ("REDIS_URL", "http://here")], &["REDIS_URL", "rediss:// for TLS"]);
    let secret = redis.url().replace("//", "//stet:hunter2@");
    let words =
        ["the Redis redis://stet:********@127.0.0.1", "check REDIS_URL", "did not answer within 10 s"];
    let ended = bed.stet(&[PORT, database, USED, ("REDIS_URL", &secret)], &["serve"]).refused(&words);
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    let shown = bed.stet(&[database, USED, ("REDIS_URL", &secret)], &["config", "check", "--json"]).done();
    assert!(!shown.out.contains("hunter2"), "{}", shown.out);
    // What is set and not used is not asked.
    let mut server = crate::process::Process::start(
        bed.command(&[PORT, database, ("REDIS_URL", &redis.url())], &["serve"]),
    );
    crate::site::url_of(&mut server);
}
