//! `stet demo`: the first thing a newcomer runs, and the second time.

use crate::bed::Bed;

fn demo(bed: &Bed) -> serde_json::Value {
    let ended = bed.stet(&[], &["demo", "--exit", "--json", "--port", "0"]).done();
    // What goes wrong behind the scenes and is tried again would not show in the report.
    assert!(!ended.err.contains("WARN") && !ended.err.contains("ERROR"), "{}", ended.err);
    let report = ended.json();
    assert_eq!(report["batch"]["status"], "completed");
    assert_eq!(report["batch"]["cells"], 240);
    assert_eq!(report["batch"]["counters"]["succeeded"], 240);
    assert_eq!(report["verification"]["disagreeing"], 0);
    // The model changed in the middle: what it answered then is kept beside the runs that followed.
    let drifted = report["drift"]["observations"].as_array().unwrap().iter();
    let drifted: u64 = drifted
        .filter(|seen| seen["drift_kind"] == "version_changed")
        .map(|seen| seen["runs"].as_u64().unwrap())
        .sum();
    assert!((1..=24).contains(&drifted), "{}", report["drift"]);
    assert_eq!(report["drift"]["first_drifted"]["model_version"], "gpt-5.4-2026-11-20");
    let looks = report["batch"]["canary"].as_array().unwrap();
    let shares: Vec<_> =
        looks.iter().map(|look| (look["changed"].as_u64(), look["total"].as_u64())).collect();
    assert_eq!(shares, [(None, None), (Some(0), Some(2))], "at the preflight and at the resume: {looks:?}");
    let facts = &report["facts"]["batch"];
    assert_eq!(
        (&facts["status"], &facts["counters"]["succeeded"]),
        (&"completed".into(), &20.into()),
        "{facts}"
    );
    assert_eq!(report["verification"]["runs"], 240 + drifted + 20);
    assert_eq!(report["verification"]["templates"], 2);
    assert_eq!(report["results"].as_array().unwrap().len(), 24, "8 locales × 3 modes");
    assert_eq!(report["serving"], false);
    report
}

#[test]
fn the_first_start_does_all_and_the_second_finds_its_data() {
    let bed = Bed::new();
    let first = demo(&bed);
    assert_eq!(first["earlier_batches"], 0);
    assert_eq!(bed.names(), ["stet-data"]);
    let second = demo(&bed);
    assert_eq!(second["earlier_batches"], 2);
    assert_eq!(second["template"]["id"], first["template"]["id"]);
    assert_eq!(second["template"]["template_sha256"], first["template"]["template_sha256"]);
    assert_ne!(second["batch"]["id"], first["batch"]["id"]);
    assert_eq!(second["batch"]["plan_sha256"], first["batch"]["plan_sha256"]);
}

#[test]
fn it_serves_on_until_it_is_interrupted() {
    let bed = Bed::new();
    let mut process = crate::process::Process::start(bed.command(&[], &["demo", "--port", "0"]));
    let url = process
        .says("where it goes on", |said| {
            let (_, rest) = said.split_once("The API goes on at ")?;
            Some(rest.split_once(' ')?.0.to_owned())
        })
        .unwrap_or_else(|| panic!("the demo ended: {}", process.said()));
    let settings = [("STET_URL", url.as_str())];
    let batches = bed.stet(&settings, &["batch", "list"]).done().lines();
    assert_eq!(batches.len(), 2);
    assert!(batches.iter().all(|batch| batch["status"] == "completed"));
    process.signal(rustix::process::Signal::INT);
    let ended = process.end().done();
    assert!(
        ended.err.contains("verified every hash and HMAC of 2 templates, 2 batches and"),
        "{}",
        ended.err
    );
    assert!(
        ended.err.contains("the model changed under the batch, and it paused by itself"),
        "{}",
        ended.err
    );
}
