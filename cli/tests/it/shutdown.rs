//! SIGTERM in the middle of a batch (reliability.md rule 12).

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::bed::submission;
use crate::database::Database;
use crate::process::until;
use crate::site::Site;

const SLOTS: u64 = 4;

/// A batch of twelve cells on four slots, four calls of which are in flight.
fn busy(scenario: &str) -> (Site, String) {
    let site =
        Site::start(r#"{"rules": []}"#, &[("WORKER_CONCURRENCY", "4"), ("PROVIDER_TIMEOUT_SECONDS", "900")]);
    // The preflight is not slowed down: the scenario begins with the second call.
    site.play(scenario);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 6));
    until("calls in flight", || (site.counts()["in_flight"] == SLOTS).then_some(()));
    (site, batch)
}

#[test]
fn calls_in_flight_finish_and_nothing_is_lost() {
    let (mut site, batch) = busy(
        r#"{"rules": [{"when": {"call_from": 2}, "then": {"latency": {"min_ms": 1500, "max_ms": 1500}}}]}"#,
    );
    site.server().signal(Signal::TERM);
    until("readyz to say 503", || (site.status("/readyz") == Some(503)).then_some(()));
    assert_eq!(site.status("/livez"), Some(200), "it still answers while it drains");
    let ended = site.take_server().end().done();
    assert!(ended.err.contains("stopping"), "{}", ended.err);

    let mut database = Database::copy(&site.database());
    assert_eq!(database.number("SELECT count(*) FROM runs WHERE status = 'running'"), 0);
    assert_eq!(database.number("SELECT count(*) FROM attempts WHERE outcome IS NOT 'recorded'"), 0);
    let recorded = database.number("SELECT count(*) FROM runs WHERE status = 'succeeded'");
    assert!(recorded >= 4, "the four calls in flight were recorded, not {recorded}");
    assert_eq!(
        site.received(),
        u64::try_from(recorded).unwrap() + 1,
        "and no call more than that and the preflight"
    );

    site.play("{}");
    site.serve();
    let done = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(done["counters"]["succeeded"], 12);
    assert_eq!(site.received(), 13, "a planned stop repeats no call");
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
}

#[test]
fn a_second_signal_hastens_it_and_burns_no_attempt() {
    let hang = r#"{"rules": [{"when": {"call_from": 2}, "then": {"latency": {"min_ms": 600000, "max_ms": 600000}}}]}"#;
    let (mut site, batch) = busy(hang);
    let asked = Instant::now();
    site.server().signal(Signal::TERM);
    site.server().says("that it stops", |said| said.contains("draining").then_some(())).unwrap();
    assert!(!site.server().is_over(), "it waits for the calls");
    site.server().signal(Signal::INT);
    site.take_server().end().done();
    assert!(
        asked.elapsed() < Duration::from_mins(1),
        "the grace period is 240 s, it took {:?}",
        asked.elapsed()
    );

    let mut database = Database::copy(&site.database());
    assert_eq!(database.number("SELECT count(*) FROM attempts WHERE outcome = 'released'"), 4);
    assert_eq!(database.number("SELECT count(*) FROM attempts"), 4);
    assert_eq!(
        database.number("SELECT count(*) FROM runs WHERE status = 'pending' AND lease_until_us IS NULL"),
        12
    );
    assert_eq!(
        database.number("SELECT count(*) FROM runs WHERE fence = 2"),
        4,
        "released with another fence"
    );
    assert_eq!(database.number("SELECT sum(retry_index) + sum(crash_count) FROM runs"), 0);

    site.play("{}");
    site.serve();
    let done = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(done["counters"]["succeeded"], 12);
}

#[test]
fn the_grace_period_ends_the_wait() {
    let hang = r#"{"rules": [{"when": {"call_from": 2}, "then": {"latency": {"min_ms": 600000, "max_ms": 600000}}}]}"#;
    let mut site = Site::start(hang, &[("SHUTDOWN_GRACE_SECONDS", "1"), ("PROVIDER_TIMEOUT_SECONDS", "900")]);
    let template = site.template();
    site.submit(&template, &submission(&["UNGROUNDED"], 1));
    until("calls in flight", || (site.counts()["in_flight"] == 2).then_some(()));
    let asked = Instant::now();
    site.stop();
    assert!(
        (Duration::from_secs(1)..Duration::from_mins(1)).contains(&asked.elapsed()),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(
        Database::copy(&site.database()).number("SELECT count(*) FROM runs WHERE status = 'pending'"),
        2
    );
}

#[test]
fn an_idle_server_ends_at_once_by_either_signal() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut site = Site::start("{}", &[]);
        let server = site.take_server();
        let asked = Instant::now();
        server.signal(signal);
        server.end().done();
        assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    }
}
