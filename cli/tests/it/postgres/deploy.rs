//! A new release rolled out over a fleet that works: nothing is called twice, and a schema that is ahead serves who is behind.

use rustix::process::Signal;
use stet_testkit::{Login, Way};

use super::members::Members;
use super::server::Server;
use crate::bed::submission;
use crate::http;
use crate::process::until;

/// Calls that last long enough for a worker to be told to stop in the middle of some.
const SLOW: &str = r#"{"latency": {"min_ms": 600, "max_ms": 1200}}"#;

/// What a later release's `stet migrate` leaves: a migration that this build does not know, and what it adds.
const LATER: [&str; 3] = [
    "ALTER TABLE runs ADD COLUMN of_later bigint CHECK (of_later > 0)",
    "ALTER TABLE batch_controls ADD COLUMN of_later bigint NOT NULL DEFAULT 0",
    r"INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '\x00', 0)",
];

#[test]
fn a_rolling_restart_of_three_workers_repeats_no_call() {
    let server = Server::start();
    let settings = [("WORKER_CONCURRENCY", "12"), ("LEASE_SECONDS", "4")];
    let mut fleet = Members::start(&server, SLOW, &settings, 3, 2);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED", "PREFERRED"], 100));
    for nth in 0..3_u64 {
        let enough = 40 * (nth + 1);
        fleet.site.batch_until(&batch, "some cells", |batch| {
            batch["counters"]["succeeded"].as_u64() >= Some(enough)
        });
        // In the middle of its calls: the test would show nothing of a worker that had none.
        let held = "SELECT count(*) FROM attempts AS a WHERE a.outcome IS NULL";
        until("calls under way", || (server.number(held) > 12).then_some(()));
        let old = fleet.workers.remove(0);
        old.signal(Signal::TERM);
        fleet.add_worker();
        old.end().done();
    }
    let ended = fleet.site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 400);
    assert_eq!(
        server.number("SELECT count(DISTINCT worker) FROM attempts"),
        6,
        "old and new had their share"
    );
    // One call a cell, and the probe.
    assert_eq!(fleet.site.received(), 401);
    assert_eq!(fleet.site.counts()["repeated"], serde_json::json!({}));
    assert_eq!(server.number("SELECT count(*) FROM attempts WHERE outcome IN ('lost', 'fenced')"), 0);
    assert_eq!(fleet.site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    fleet.stop();
}

#[test]
fn a_schema_that_is_ahead_serves_the_release_before_until_it_says_no() {
    let server = Server::start();
    let settings = [("WORKER_CONCURRENCY", "8"), ("STET_HEALTH_LISTEN", "127.0.0.1:0")];
    let mut fleet = Members::start(&server, SLOW, &settings, 2, 1);
    let template = fleet.site.template();
    let batch = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 50));
    fleet.site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(20));
    for statement in LATER {
        server.run(statement);
    }
    // Who runs goes on, who starts starts, and what is submitted is accepted.
    fleet.add_worker();
    assert_eq!(http::get(fleet.site.url(), "/readyz", None).unwrap().0, 200);
    fleet.site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    let later = fleet.site.submit(&template, &submission(&["UNGROUNDED"], 5));
    fleet.site.batch_until(&later, "the later batch's end", |batch| batch["counters"]["succeeded"] == 10);
    assert_eq!(fleet.site.stet(&["verify", &batch, &later]).done().json()["disagreeing"], 0);
    let owner = server.url(Way::Straight, Login::Superuser);
    let ran = fleet.site.bed.stet(&[("DATABASE_URL", &owner)], &["migrate"]).done();
    assert!(ran.err.contains("0 migrations ran"), "{}", ran.err);
    // A release that takes something away says so: who is behind is told, and starts no more.
    server.run("UPDATE schema_floor SET least_migration = 9999");
    until("an unready server", || {
        http::get(fleet.site.url(), "/readyz", None).filter(|(status, _)| *status == 503)
    });
    let worker = server.url(Way::Straight, Login::Worker);
    fleet.site.bed.stet(&[("DATABASE_URL", &worker), ("EXECUTION_MODE", "apalis")], &["worker"]).refused(&[
        "migration 9999",
        "serves builds from migration 9999 on",
        "run a newer `stet`",
    ]);
    fleet.stop();
}
