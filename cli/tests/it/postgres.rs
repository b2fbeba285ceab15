//! The same program on PostgreSQL: `DATABASE_URL` is all that changes.

mod cluster;
mod deploy;
mod fleet;
mod idempotency;
mod members;
mod parity;
mod proxy;
mod queue;
mod redis;
mod restart;
mod schedules;
mod server;

use serde_json::{Value, json};
use stet_testkit::{Login, Way};

use crate::bed::{Bed, submission};
use crate::postgres::server::Server;
use crate::process::until;
use crate::site::{Site, id};

const PORT: (&str, &str) = ("STET_LISTEN", "127.0.0.1:0");

/// The one line that a refused start says.
fn refuses(bed: &Bed, settings: &[(&str, &str)], words: &[&str]) {
    let ended = bed.stet(&[&[PORT], settings].concat(), &["serve"]).refused(words);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
}

#[test]
fn a_batch_runs_and_is_proved_through_a_pooler() {
    let server = Server::start();
    let url = server.url(Way::Pooled, Login::Both);
    let mut site = Site::start("{}", &[("DATABASE_URL", &url), ("STET_ENV", "production")]);
    assert!(site.server().said().contains("the pooler does not carry prepared statements"));
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED", "PREFERRED", "REQUIRED"], 3));
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 18);
    let mut verified = site.stet(&["verify"]).done().json();
    // How many segments there are by now is the scheduler's.
    verified["segments"] = 0.into();
    let expected =
        json!({"templates": 1, "batches": 1, "runs": 18, "segments": 0, "disagreeing": 0, "findings": []});
    assert_eq!(verified, expected);
    assert_eq!(site.stet(&["batch", "attempts", &batch]).done().lines().len(), 1);
    let source = |more: &[&str]| {
        let verb = [&["provider", "versions", "openai"], more].concat();
        site.stet(&verb).done().json()["source"].clone()
    };
    assert_eq!(
        (source(&[]), source(&["--force-refresh"])),
        ("cache".into(), "live".into()),
        "the preflight asked"
    );
    // A second start finds everything again.
    site.stop();
    site.serve();
    assert_eq!(site.stet(&["batch", "list"]).done().lines().len(), 1);
    assert_eq!(id(&site.stet(&["batch", "show", &batch]).done().json()), batch);
    site.stop();
}

#[test]
fn connections_that_are_cut_off_cost_no_call_and_lose_no_cell() {
    let server = Server::start();
    let url = server.url(Way::Straight, Login::Both);
    let scenario = r#"{"latency": {"min_ms": 150, "max_ms": 250}}"#;
    let mut site = Site::start(scenario, &[("DATABASE_URL", &url), ("WORKER_CONCURRENCY", "8")]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 60));
    // A request whose own transaction was cut off is answered 503 and may come again.
    let batch_until = |what: &str, holds: &dyn Fn(&Value) -> bool| {
        until(what, || match site.api(&format!("/v1/batches/{batch}")).expect("the server answers") {
            (200, batch) => Some(batch).filter(|batch| holds(batch)),
            (503, _) => None,
            (status, said) => panic!("{status}: {said}"),
        })
    };
    for done in [10, 40, 70] {
        batch_until("some cells", &|batch| batch["counters"]["succeeded"].as_u64() >= Some(done));
        server.cut_off_the_application();
    }
    let ended = batch_until("the batch's end", &|batch| batch["status"] == "completed");
    assert_eq!(ended["counters"]["succeeded"], 120);
    // One call a cell and the probe: what was in flight when its connection went was written all the same.
    assert_eq!(site.received(), 121);
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    site.stop();
}

#[test]
fn what_is_not_ready_is_refused_with_what_to_do() {
    let server = Server::start();
    let bed = Bed::new();
    let app = server.url(Way::Straight, Login::Both);
    let admin = server.url(Way::Straight, Login::Superuser);
    // The newest can run again: it changes no table.
    server.run("DELETE FROM _sqlx_migrations WHERE version = 13");
    refuses(&bed, &[("DATABASE_URL", &app)], &["migrations are pending (1)", "run `stet migrate`"]);
    let denied = bed.stet(&[("DATABASE_URL", &app)], &["migrate"]).expect(1);
    assert!(denied.err.contains("may create roles"), "{}", denied.err);
    bed.stet(&[("DATABASE_URL", &admin)], &["migrate"]).done();
    refuses(&bed, &[("DATABASE_URL", &admin)], &["postgres is a superuser", "ALLOW_RLS_BYPASS=true"]);
    let nobody = "postgres://stet:hunter2@127.0.0.1:1/stet";
    let ended = bed
        .stet(&[PORT, ("DATABASE_URL", nobody)], &["serve"])
        .refused(&["cannot be used", "check DATABASE_URL"]);
    assert!(!ended.err.contains("hunter2"), "{}", ended.err);
    refuses(
        &bed,
        &[("DATABASE_URL", "sqlite://stet.db"), ("STET_ENV", "production")],
        &["STET_ENV is production", "use PostgreSQL"],
    );
    let shown = bed.stet(&[("DATABASE_URL", nobody)], &["config", "check", "--json"]).done();
    assert!(shown.out.contains("127.0.0.1:1") && !shown.out.contains("hunter2"), "{}", shown.out);
}

#[test]
fn an_owner_may_serve_where_that_is_asked_for() {
    let server = Server::start();
    let url = server.url(Way::Straight, Login::Superuser);
    let mut site = Site::start("{}", &[("DATABASE_URL", &url), ("ALLOW_RLS_BYPASS", "true")]);
    assert!(site.server().said().contains("passes row level security by"));
    site.template();
    site.stop();
}
