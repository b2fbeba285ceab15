//! `stet schedule`, and a server that keeps to it.

use serde_json::Value;

use crate::bed::submission;
use crate::database::Database;
use crate::process::until;
use crate::site::{Site, id};

fn create(site: &Site, template: &str, more: &[&str]) -> Value {
    site.bed.write("batch.json", submission(&["UNGROUNDED"], 1));
    let verb = ["schedule", "create", template, "--name", "daily", "-f", "batch.json"];
    let when = ["--cron", "30 3 * * *", "--time-zone", "etc/utc"];
    site.stet(&[&verb[..], &when, more].concat()).done().json()
}

#[test]
fn a_due_time_becomes_a_batch_that_is_executed() {
    let mut site = Site::start("{}", &[]);
    let template = site.template();
    let made = create(&site, &template, &[]);
    let schedule = id(&made);
    assert_eq!((&made["state"], &made["time_zone"]), (&"active".into(), &"Etc/UTC".into()));
    // The server is down when it comes due, and makes up for it.
    site.stop();
    let three_days = "UPDATE schedules SET next_due_us = next_due_us - 3 * 86400000000";
    assert_eq!(Database::open(&site.database()).change(three_days), 1);
    site.serve();
    let fires = || site.stet(&["schedule", "fires", &schedule]).done().lines();
    let told = until("a batch", || Some(fires()).filter(|told| told.len() == 2));
    assert_eq!((&told[0]["outcome"], &told[1]["outcome"]), (&"fired".into(), &"missed".into()));
    let batch = told[0]["batch_id"].as_str().unwrap().to_owned();
    let watched = site.stet(&["batch", "watch", &batch]).done().lines();
    assert_eq!(watched.last().unwrap()["counters"]["succeeded"], 2);
    let shown = site.stet(&["batch", "show", &batch]).done().json();
    assert_eq!((&shown["schedule"]["id"], &shown["schedule"]["due_at"]), (&made["id"], &told[0]["due_at"]));
    let seen = site.stet(&["schedule", "show", &schedule]).done().json();
    assert_eq!((&seen["upcoming"][0], &seen["fires"][0]), (&seen["next_due_at"], &told[0]));
    assert_eq!(seen["next_due_at"], made["next_due_at"], "it goes on as if nothing had been");
    assert_eq!(site.stet(&["verify"]).done().json()["disagreeing"], 0);
}

#[test]
fn an_operator_holds_lets_go_and_ends() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let made = create(&site, &template, &["--catch-up", "all", "--idempotency-key", "once"]);
    assert_eq!(create(&site, &template, &["--catch-up", "all", "--idempotency-key", "once"]), made);
    assert_eq!(made["catch_up"], "all");
    let schedule = id(&made);
    for (verb, state) in [("pause", "paused"), ("resume", "active"), ("end", "ended")] {
        let decided = site.stet(&["schedule", verb, &schedule, "--reason", "why"]).done().json();
        assert_eq!((&decided["changed"], &decided["schedule"]["state"]), (&true.into(), &state.into()));
        assert_eq!(site.stet(&["schedule", verb, &schedule]).done().json()["changed"], false, "{verb}");
    }
    site.stet(&["schedule", "resume", &schedule]).refused(&["SCHEDULE_STATE"]);
    let listed = site.stet(&["schedule", "list"]).done().lines();
    assert_eq!((listed.len(), &listed[0]["id"], &listed[0]["state"]), (1, &made["id"], &"ended".into()));
    let refused = site.stet(&[
        "schedule",
        "create",
        &template,
        "--name",
        "x",
        "--cron",
        "* * * * * *",
        "--time-zone",
        "Berlin",
        "--locales",
        "de-DE",
        "--grounding-modes",
        "UNGROUNDED",
        "--replicates",
        "1",
    ]);
    refused.refused(&["/cron", "/time_zone"]);
}
