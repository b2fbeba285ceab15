//! Both engines and both modes make the same of the same batch (system.md, "Phases and modes").

use std::collections::BTreeMap;

use serde_json::Value;
use stet_testkit::{Login, Way};

use super::members::Members;
use super::server::Server;
use crate::bed::submission;
use crate::site::Site;

/// One secret for all: a block depends on it.
const ALS_SECRETS: (&str, &str) = ("ALS_SECRETS", "k1:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=");

/// A world in which answers fail in every way that a record knows.
const SCENARIO: &str = r#"{
    "rules": [
        {"when": {"mode": "REQUIRED", "share": 0.3}, "then": {"search": "uncited"}},
        {"when": {"share": 0.15}, "then": {"answer": "refusal"}}
    ]
}"#;

type Facts = (String, Value, Value, Value, Value);

/// What the batch came to: index → the identities of its runs.
fn map_of(site: &Site, batch: &str) -> BTreeMap<u64, Facts> {
    let runs = site.stet(&["batch", "runs", batch, "--limit", "1000"]).done().lines();
    runs.iter()
        .map(|run| {
            let facts = (
                run["end"]["run_sha256"].as_str().expect("it has ended").to_owned(),
                run["end"]["response_output_sha256"].clone(),
                run["end"]["als_block_sha256"].clone(),
                run["status"].clone(),
                run["end"]["error_code"].clone(),
            );
            (run["batch_run_index"].as_u64().unwrap(), facts)
        })
        .collect()
}

/// The map, and the identities of batch and plan.
type Came = (BTreeMap<u64, Facts>, Value, Value);

/// What one process makes of it.
fn executed(settings: &[(&str, &str)], replicates: u32) -> Came {
    let mut site = Site::start(SCENARIO, &[&[ALS_SECRETS], settings].concat());
    let came = come_to(&site, replicates);
    site.stop();
    came
}

/// What a fleet makes of it.
fn executed_by_fleet(server: &Server, replicates: u32) -> Came {
    let fleet = Members::start(server, SCENARIO, &[ALS_SECRETS], 2, 2);
    let came = come_to(&fleet.site, replicates);
    fleet.stop();
    came
}

fn come_to(site: &Site, replicates: u32) -> Came {
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED", "PREFERRED", "REQUIRED"], replicates));
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(site.stet(&["verify"]).done().json()["disagreeing"], 0);
    (map_of(site, &batch), ended["batch_sha256"].clone(), ended["plan_sha256"].clone())
}

#[test]
fn the_same_batch_makes_the_same_map() {
    let server = Server::start();
    let url = server.url(Way::Straight, Login::Both);
    let on_file = executed(&[], 5);
    let on_server = executed(&[("DATABASE_URL", &url)], 5);
    assert_eq!(on_file.0.len(), 30);
    assert!(
        on_file.0.values().any(|facts| facts.3 == "failed")
            && on_file.0.values().any(|facts| facts.3 == "succeeded")
    );
    assert_eq!(on_server, on_file);
    assert_eq!(executed_by_fleet(&Server::start(), 5), on_file);
    // The control: one fact that differs is seen.
    let mut perturbed = on_file.clone();
    perturbed.0.get_mut(&7).unwrap().0.replace_range(0..1, "x");
    assert_ne!(on_server, perturbed);
    let other = executed(
        &[
            ("DATABASE_URL", &Server::start().url(Way::Straight, Login::Both)),
            ("ALS_SECRETS", "k1:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI="),
        ],
        5,
    );
    assert_ne!(other.0, on_file.0, "another secret makes other blocks");
}
