//! A restart of PostgreSQL in the middle of a batch costs no call (reliability.md, fault scenario 4).

use std::time::Duration;

use super::cluster::Cluster;
use super::members::{Address, Addresses, Members};
use crate::bed::submission;
use crate::process::until;
use crate::site::Site;

/// How long the database is away.
const AWAY: Duration = Duration::from_secs(8);

/// Waits through an outage for the batch's 40 cells, which cost a call each, beside the probe's.
fn ends_with_every_cell(site: &Site, batch: &str) {
    let ended =
        until("the batch's end", || match site.api(&format!("/v1/batches/{batch}")).expect("it answers") {
            (200, batch) => Some(batch).filter(|batch| batch["status"] == "completed"),
            (503, _) => None,
            (status, said) => panic!("{status}: {said}"),
        });
    assert_eq!(ended["counters"]["succeeded"], 40);
    assert_eq!(site.received(), 41);
    assert_eq!(site.counts()["repeated"], serde_json::json!({}));
}

#[test]
fn eight_seconds_without_a_database_drop_no_call() {
    let mut cluster = Cluster::start();
    cluster.run("postgres", "CREATE DATABASE stet");
    // Calls that begin before the outage, and end in it and after it.
    let scenario = r#"{"latency": {"min_ms": 2000, "max_ms": 12000}}"#;
    let url = cluster.url("stet_server", "stet");
    let mut site = Site::without_server(scenario, &[("DATABASE_URL", &url), ("WORKER_CONCURRENCY", "24")]);
    let owner = cluster.url("postgres", "stet");
    site.bed.stet(&[("DATABASE_URL", &owner)], &["migrate"]).done();
    cluster.run("stet", "CREATE ROLE stet_server LOGIN IN ROLE stet_api, stet_worker");
    site.serve();
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 20));
    site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(6));
    let in_flight = site.counts()["in_flight"].as_u64().unwrap();
    assert!(in_flight > 10, "{in_flight} calls are in flight");
    cluster.down();
    // The time away is what is tested.
    std::thread::sleep(AWAY);
    let (status, _) = site.api(&format!("/v1/batches/{batch}")).expect("the server lives");
    assert_eq!(status, 503);
    cluster.up();
    ends_with_every_cell(&site, &batch);
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
    site.stop();
}

#[test]
fn a_fleet_survives_eight_seconds_without_its_database_and_queue() {
    let mut cluster = Cluster::start();
    cluster.run("postgres", "CREATE DATABASE stet");
    let scenario = r#"{"latency": {"min_ms": 2000, "max_ms": 12000}}"#;
    let owner = cluster.url("postgres", "stet");
    let roles = |cluster: &Cluster| {
        cluster.run("stet", "CREATE ROLE serving LOGIN IN ROLE stet_api");
        cluster.run("stet", "CREATE ROLE working LOGIN IN ROLE stet_worker");
        cluster.run("stet", "CREATE ROLE scheduling LOGIN IN ROLE stet_api, stet_worker");
    };
    let address = |login: &str| Address { url: cluster.url(login, "stet"), direct: None };
    let addresses =
        Addresses { api: address("serving"), worker: address("working"), scheduler: address("scheduling") };
    let fleet =
        Members::on(&owner, addresses, || roles(&cluster), scenario, &[("WORKER_CONCURRENCY", "12")], 2, 1);
    let site = &fleet.site;
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 20));
    site.batch_until(&batch, "some cells", |batch| batch["counters"]["succeeded"].as_u64() >= Some(6));
    cluster.down();
    // The time away is what is tested.
    std::thread::sleep(AWAY);
    cluster.up();
    ends_with_every_cell(site, &batch);
    // Who listened before listens again, under another name: a single run is heard of.
    let listeners = |cluster: &Cluster| {
        cluster.answer(
            "stet",
            "SELECT count(*) FROM apalis.workers WHERE last_seen > now() - interval '12 seconds'",
        )
    };
    until("both listeners", || (listeners(&cluster) == "2").then_some(()));
    let run = site.stet(&["run", "create", &template, "--locale", "de-DE"]).done().json();
    assert_eq!(run["status"], "succeeded");
    fleet.stop();
}
