//! Schedules in a fleet: one batch a due time, whoever dies meanwhile.

use serde_json::Value;

use super::members::Members;
use super::server::Server;
use crate::bed::submission;
use crate::process::until;
use crate::site::id;

/// Due times that passed before anybody looked.
const PASSED: i64 = 200;

#[test]
fn killed_schedulers_leave_no_due_time_out_and_double_none() {
    let server = Server::start();
    let mut fleet = Members::start(&server, "{}", &[], 0, 0);
    let site = &fleet.site;
    let template = site.template();
    site.bed.write("batch.json", submission(&["UNGROUNDED"], 1));
    let verb = ["schedule", "create", &template, "--name", "x", "--catch-up", "all", "-f", "batch.json"];
    let made = site.stet(&[&verb[..], &["--cron", "* * * * *", "--time-zone", "UTC"]].concat()).done().json();
    server.run(&format!("UPDATE schedules SET next_due_us = next_due_us - {}", PASSED * 60_000_000));
    for _ in 0..3 {
        fleet.add_scheduler();
    }
    let told = || server.number("SELECT count(*) FROM schedule_fires");
    // Whoever is at it, one after the other is killed in the middle of it, and another comes.
    for part in 1..=4 {
        until("some batches", || (told() >= part * PASSED / 8).then_some(()));
        assert!(fleet.schedulers.remove(0).kill());
        fleet.add_scheduler();
    }
    until("a batch of each", || (told() >= PASSED).then_some(()));
    // Another minute may come while it is looked.
    fleet.site.stet(&["schedule", "end", &id(&made)]).done();
    let gaps = "SELECT count(*) FROM (SELECT due_at_us - lag(due_at_us) OVER (ORDER BY due_at_us) AS step
        FROM schedule_fires) AS s WHERE s.step <> 60000000";
    assert_eq!(server.number(gaps), 0, "every due time, each once");
    let fired = "SELECT count(*) FROM schedule_fires AS f JOIN batches AS b USING (org_id, batch_id)";
    let rows = (server.number(fired), server.number("SELECT count(*) FROM batches"));
    // One that came as the schedule was ended, and that nobody had looked at, is told as missed.
    let of_due_times = server.number("SELECT count(*) FROM schedule_fires WHERE outcome = 'fired'");
    assert_eq!(rows, (of_due_times, of_due_times), "a batch of each, and no other");
    assert!(told() - of_due_times <= 1, "{} of {} were missed", told() - of_due_times, told());
    let shown: Value = fleet.site.stet(&["schedule", "show", &id(&made)]).done().json();
    let last = &shown["fires"][0]["outcome"];
    assert!(last == "fired" || last == "missed", "{last}");
    fleet.stop();
}
