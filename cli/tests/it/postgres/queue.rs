//! `EXECUTION_MODE=apalis`: the rows are the truth, whatever becomes of the queue.

use std::time::{Duration, Instant};

use stet_testkit::{Login, Way};

use super::PORT;
use super::members::{Members, set_up};
use super::server::Server;
use crate::bed::{Bed, submission};
use crate::http;
use crate::process::until;

const SLOW: &str = r#"{"latency": {"min_ms": 150, "max_ms": 300}}"#;

#[test]
fn a_fleet_runs_a_batch_and_calls_once_a_cell() {
    let server = Server::start();
    let fleet = Members::start(&server, SLOW, &[("WORKER_CONCURRENCY", "16")], 2, 2);
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 100));
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 200);
    // One call a cell, and the probe.
    assert_eq!(site.received(), 201);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
    // Both had their share: the queue hands each other runs.
    let shares = "SELECT count(DISTINCT worker) FROM attempts";
    assert_eq!(server.number(shares), 2);
    assert!(server.number("SELECT count(*) FROM apalis.jobs WHERE status = 'Done'") > 0);
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    // A single run goes the same way, and its caller is told of its end.
    let run = site.stet(&["run", "create", &template, "--locale", "de-DE"]).done().json();
    assert_eq!(run["status"], "succeeded");
    the_fleet_is_shown(&fleet);
    fleet.stop();
}

/// Who works, by the word of each: a worker that leaves in order is off the list at once.
fn the_fleet_is_shown(fleet: &Members) {
    let site = &fleet.site;
    let shown = until("the last cells to be told of", || {
        let shown = site.stet(&["fleet", "--once"]).done().json();
        (shown["in_flight"] == 0 && shown["cells_per_second"].as_f64() > Some(0.0)).then_some(shown)
    });
    let duties: Vec<_> =
        shown["members"].as_array().unwrap().iter().map(|m| (&m["duty"], &m["state"])).collect();
    assert_eq!(duties.iter().filter(|(duty, state)| *duty == "worker" && *state == "alive").count(), 2);
    assert_eq!(duties.iter().filter(|(duty, state)| *duty == "scheduler" && *state == "alive").count(), 2);
    assert_eq!((&shown["slots"], &shown["queue"]["depth"]), (&32.into(), &0.into()));
    assert_eq!(shown["workers_useful"], 0);
}

#[test]
fn a_small_batch_does_not_wait_behind_the_hints_of_a_large_one() {
    let server = Server::start();
    let scenario = r#"{"latency": {"min_ms": 1000, "max_ms": 1000}}"#;
    let fleet = Members::start(&server, scenario, &[("WORKER_CONCURRENCY", "4")], 2, 1);
    let site = &fleet.site;
    let template = site.template();
    // Fifty seconds' work for eight slots.
    let large = site.submit(&template, &submission(&["UNGROUNDED"], 200));
    site.batch_until(&large, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(16));
    let small = site.submit(&template, &submission(&["UNGROUNDED"], 4));
    site.batch_until(&small, "the small batch's end", |batch| batch["status"] == "completed");
    let begun = 400 - site.batch(&large)["counters"]["pending"].as_u64().unwrap();
    assert!(
        begun < 150,
        "{begun} of the large batch's cells were begun before the last of eight others had ended"
    );
    fleet.stop();
}

#[test]
fn an_emptied_queue_loses_no_cell_and_repeats_none() {
    let server = Server::start();
    let fleet = Members::start(&server, SLOW, &[("WORKER_CONCURRENCY", "8")], 2, 1);
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 100));
    for done in [10, 60, 120] {
        site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(done));
        server.run("TRUNCATE apalis.jobs, apalis.workers");
    }
    site.batch_until(&batch, "the batch's end", |batch| batch["counters"]["succeeded"] == 200);
    assert_eq!(site.received(), 201);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
    fleet.stop();
}

#[test]
fn what_nobody_can_read_is_kept_and_the_worker_goes_on() {
    let server = Server::start();
    let mut fleet = Members::start(&server, SLOW, &[], 1, 1);
    let garbage = [
        r"'\xff00fe'::bytea",
        "'{}'::bytea",
        r#"'{"v":2,"cells":[]}'::bytea"#,
        r#"'{"v":1,"run_ids":[]}'::bytea"#,
        "convert_to(repeat('x', 200000), 'UTF8')",
    ];
    let letters = || usize::try_from(server.number("SELECT count(*) FROM dead_letters")).unwrap();
    for payload in garbage {
        server.run(&format!(
            "INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, priority, metadata)
            SELECT apalis.generate_ulid(), 'stet.hints', {payload}, 'Pending', 0, 1, now() - interval '1 second', 0, ''::apalis.hstore"
        ));
    }
    until("the dead letters", || (letters() == garbage.len()).then_some(()));
    assert_eq!(server.number("SELECT max(payload_bytes) FROM dead_letters"), 200_000);
    assert_eq!(server.number("SELECT count(*) FROM dead_letters WHERE reason LIKE 'version 2,%'"), 1);
    assert!(!fleet.workers[0].is_over());
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 5));
    assert_eq!(site.received_after(&batch), 11);
    assert_eq!(letters(), garbage.len());
    fleet.stop();
}

#[test]
fn the_same_hint_ten_times_is_one_call() {
    let server = Server::start();
    let scenario = r#"{"latency": {"min_ms": 1500, "max_ms": 2000}}"#;
    let fleet = Members::start(&server, scenario, &[], 2, 0);
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 3));
    // The cells' hints stand until they are cleared away: each ten times more, while the calls are under way and after.
    for moment in ["running", "completed"] {
        site.batch_until(&batch, moment, |batch| batch["status"] == moment);
        server.run(
            "INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, priority, metadata)
            SELECT apalis.generate_ulid(), job_type, job, 'Pending', 0, 1, now() - interval '1 second', 0, ''::apalis.hstore
            FROM (SELECT DISTINCT job_type, job FROM apalis.jobs) AS hints, generate_series(1, 10)",
        );
    }
    until("the hints' end", || {
        (server.number("SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'") == 0).then_some(())
    });
    assert!(server.number("SELECT count(*) FROM apalis.jobs") >= 20);
    assert_eq!(site.received(), 7);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
    fleet.stop();
}

#[test]
fn a_killed_worker_is_made_up_for_by_others() {
    let server = Server::start();
    let settings = [("WORKER_CONCURRENCY", "8"), ("LEASE_SECONDS", "4")];
    let mut fleet = Members::start(&server, SLOW, &settings, 3, 2);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 60));
    fleet.site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(20));
    let mut killed = fleet.workers.swap_remove(0);
    assert!(killed.kill());
    // A scheduler goes with it: the other takes over.
    let mut scheduler = fleet.schedulers.swap_remove(0);
    assert!(scheduler.kill());
    fleet.add_worker();
    let ended = fleet.site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 120);
    let received = fleet.site.received();
    assert!((121..=129).contains(&received), "{received}: at most the killed one's eight calls are repeated");
    assert_eq!(fleet.site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    fleet.stop();
}

#[test]
fn a_worker_that_is_told_to_stop_finishes_what_it_began() {
    let server = Server::start();
    // Cells' calls that last longer than a lease: renewal goes on while the worker drains. The probe is the first call.
    let scenario =
        r#"{"rules": [{"when": {"call_from": 2}, "then": {"latency": {"min_ms": 5000, "max_ms": 6000}}}]}"#;
    let settings = [("WORKER_CONCURRENCY", "4"), ("LEASE_SECONDS", "3")];
    let mut fleet = Members::start(&server, scenario, &settings, 1, 1);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 4));
    until("four calls", || (fleet.site.counts()["in_flight"] == 4).then_some(()));
    let first = fleet.workers.remove(0);
    first.signal(rustix::process::Signal::TERM);
    fleet.add_worker();
    let ended = first.end().done();
    assert!(ended.err.contains("draining"), "{}", ended.err);
    let ended = fleet.site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 8);
    assert_eq!(fleet.site.received(), 9);
    assert_eq!(fleet.site.counts()["repeated"], serde_json::json!({}));
    fleet.stop();
}

#[test]
fn each_tick_of_three_schedulers_fires_once() {
    let server = Server::start();
    // A sweep a second.
    let fleet = Members::start(&server, "{}", &[("LEASE_SECONDS", "4")], 0, 3);
    let ticks =
        || server.number("SELECT coalesce(max(fence), 0) FROM single_flights WHERE name = 'scheduler/sweep'");
    let (first, start) = (until("a tick", || Some(ticks()).filter(|ticks| *ticks > 0)), Instant::now());
    until("five more", || (ticks() >= first + 5).then_some(()));
    let took = start.elapsed();
    assert!(
        took > Duration::from_millis(3_600),
        "six ticks in {took:?}: three each would be within a second"
    );
    assert_eq!(server.number("SELECT count(*) FROM single_flights WHERE name = 'scheduler/ring/lead'"), 1);
    fleet.stop();
}

#[test]
fn a_member_without_its_queue_says_what_to_do() {
    let server = Server::start();
    let bed = Bed::new();
    let worker = server.url(Way::Straight, Login::Worker);
    let settings = [PORT, ("EXECUTION_MODE", "apalis"), ("DATABASE_URL", worker.as_str())];
    for verb in ["worker", "scheduler", "serve"] {
        bed.stet(&settings, &[verb]).refused(&["run `stet migrate` with EXECUTION_MODE=apalis"]);
    }
    set_up(&server, &bed);
    set_up(&server, &bed);
    bed.stet(&[("DATABASE_URL", worker.as_str())], &["worker"]).refused(&[
        "EXECUTION_MODE is sync",
        "EXECUTION_MODE=apalis",
        "`stet worker`",
    ]);
    bed.stet(&[("EXECUTION_MODE", "apalis")], &["worker"]).refused(&["SQLite file", "use PostgreSQL"]);
}

#[test]
fn a_member_tells_how_it_is() {
    let server = Server::start();
    let mut fleet = Members::start(&server, "{}", &[("STET_HEALTH_LISTEN", "127.0.0.1:0")], 1, 0);
    let url = fleet.workers[0]
        .says("the probes", |said| {
            let (_, rest) = said.split_once("the probes are at ")?;
            Some(rest.split_once(' ')?.0.to_owned())
        })
        .unwrap();
    for path in ["/livez", "/readyz"] {
        assert_eq!(http::get(&url, path, None).unwrap().0, 200, "{path}");
    }
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 1));
    fleet.site.received_after(&batch);
    let metrics = http::text(&url, "/metrics").unwrap();
    assert!(metrics.contains("runs_ended_total{status=\"succeeded\"} 2"), "{metrics}");
    assert!(metrics.contains("queue_hints_heard_total"), "{metrics}");
    assert_eq!(http::get(&url, "/v1/templates", None).unwrap().0, 404, "it serves no API");
    fleet.stop();
}
