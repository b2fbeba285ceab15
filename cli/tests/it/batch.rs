//! `stet batch` and `stet run`: submission, plans, and what the exit status says.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::bed::{example, submission};
use crate::http;
use crate::process::Ended;
use crate::site::{Site, id};

const FLAGS: &[&str] = &[
    "--locales",
    "de-DE,it-IT",
    "--grounding-modes",
    "UNGROUNDED,PREFERRED",
    "--replicates",
    "2",
    "--drift-policy",
    "hard",
];

fn run(site: &Site, template: &str, arguments: &[&str]) -> Ended {
    let verb: Vec<&str> = ["batch", "run", template].iter().chain(arguments).copied().collect();
    site.stet(&verb)
}

fn batches(site: &Site) -> usize {
    site.stet(&["batch", "list"]).done().lines().len()
}

#[test]
fn from_a_file_and_from_flags_it_is_the_same_plan() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    site.bed.write("batch.json", submission(&["UNGROUNDED", "PREFERRED"], 2));
    let from_file = run(&site, &template, &["-f", "batch.json", "--watch"]).done().lines();
    let from_flags = run(&site, &template, &[FLAGS, &["--watch"]].concat()).done().lines();
    assert_eq!(from_file[0]["plan_sha256"], from_flags[0]["plan_sha256"]);
    for (first, last) in [(&from_file[0], &from_file[1]), (&from_flags[0], &from_flags[1])] {
        assert_eq!(first["id"], last["id"]);
        assert_eq!(last["status"], "completed");
        assert_eq!(last["counters"]["succeeded"], 8);
    }
    let batch = id(&from_flags[0]);
    let runs = site.stet(&["batch", "runs", &batch]).done().lines();
    assert_eq!(runs.len(), 8);
    let filtered = ["batch", "runs", &batch, "--locale", "it-IT", "--grounding-mode", "PREFERRED"];
    assert_eq!(site.stet(&filtered).done().lines().len(), 2);
    let attempts = site.stet(&["run", "attempts", &id(&runs[0])]).done().lines();
    assert_eq!(attempts.len(), 1);
    assert_eq!(attempts[0]["outcome"], "recorded");
    assert_eq!(site.stet(&["run", "show", &id(&runs[0])]).done().json()["status"], "succeeded");
    let verified = site.stet(&["verify", &batch, &template, &id(&runs[0])]).done().json();
    let expected =
        json!({"templates": 1, "batches": 1, "runs": 9, "segments": 0, "disagreeing": 0, "findings": []});
    assert_eq!(verified, expected);
    // The options win over the file.
    let over = run(&site, &template, &["-f", "batch.json", "--replicates", "1", "--dry-run"]).done().json();
    assert_eq!(over["cells"], 4);
}

#[test]
fn a_plan_is_shown_and_held_to() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let plan = run(&site, &template, &[FLAGS, &["--dry-run"]].concat()).done().json();
    assert_eq!(plan["cells"], 8);
    assert_eq!(plan["first_cells"][0]["locale"], "de-DE");
    assert_eq!(batches(&site), 0, "a dry run submits nothing");
    let wrong = "a".repeat(64);
    let right = plan["plan_sha256"].as_str().unwrap();
    run(&site, &template, &[FLAGS, &["--expected-plan", &wrong]].concat()).refused(&[
        "412 PLAN_MISMATCH",
        right,
        &wrong,
    ]);
    assert_eq!(batches(&site), 0);
    let batch = run(&site, &template, &[FLAGS, &["--expected-plan", right]].concat()).done().json();
    assert_eq!(batch["plan_sha256"], right);
    assert_eq!(
        site.received_after(&id(&batch)),
        9,
        "eight cells and the preflight; the dry run called nobody"
    );
}

#[test]
fn a_grid_out_of_bounds_is_refused_with_value_and_limit() {
    let site = Site::start("{}", &[("BATCH_MAX_REPLICATES", "10000")]);
    let template = site.template();
    let refused = |locales: &str, replicates: &str, texts: &[&str]| {
        let grid = ["--locales", locales, "--replicates", replicates, "--grounding-modes", "UNGROUNDED"];
        run(&site, &template, &[&grid[..], &["--drift-policy", "hard"]].concat()).refused(texts);
    };
    // 11 × 9,091 = 100,001
    let eleven = "de-DE,de-CH,de-AT,en-US,en-GB,en-SG,ar-AE,it-IT,fr-FR,fr-CH,es-ES";
    refused(eleven, "9091", &["BATCH_TOO_LARGE", "100001", "100000"]);
    refused("de-DE", "0", &["/replicates: VALUE_NOT_ALLOWED", "0 replicates", "1 to 10000"]);
    refused("de-DE", "10001", &["/replicates: VALUE_NOT_ALLOWED", "10001 replicates", "1 to 10000"]);
    refused("de-XX", "1", &["/locales/0: REGION_UNKNOWN", "de-XX"]);
    refused("it-IT,deutsch", "1", &["/locales/1: LOCALE_INVALID", "deutsch"]);
    run(&site, &template, &["--drift-policy", "hard"]).refused(&["/locales: MISSING_FIELD"]);
    run(&site, &template, &[FLAGS, &["--input", "nope=1"]].concat()).refused(&["INPUT_UNDECLARED", "nope"]);
    run(&site, "tpl_01M83SN8H5EG91HNGCC39NPPQD", FLAGS).refused(&["404 NOT_FOUND"]);
    run(&site, &template, &["-f", "missing.json"]).refused(&["missing.json cannot be read"]);
    assert_eq!(batches(&site), 0);
}

#[test]
fn uk_is_accepted_as_gb() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let grid = ["--locales", "en-UK", "--grounding-modes", "UNGROUNDED", "--replicates", "1"];
    let ended = run(&site, &template, &[&grid[..], &["--drift-policy", "hard", "--watch"]].concat()).done();
    assert_eq!(ended.lines()[0]["locales"], json!(["en-GB"]));
}

#[test]
fn a_submission_with_a_key_is_made_once() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let submit = |replicates: &str| {
        let key = ["--replicates", replicates, "--idempotency-key", "once"];
        run(&site, &template, &[&FLAGS[..4], &FLAGS[6..], &key].concat())
    };
    let first = submit("1").done().json();
    assert_eq!(submit("1").done().json()["id"], first["id"]);
    submit("3").refused(&["409 IDEMPOTENCY_MISMATCH"]);
    assert_eq!(batches(&site), 1);
}

#[test]
fn some_cells_failed_is_10() {
    let uncited = r#"{"rules": [{"when": {"mode": "REQUIRED"}, "then": {"search": "uncited"}}]}"#;
    let site = Site::start(uncited, &[]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED", "REQUIRED"], 2));
    let watched = site.stet(&["batch", "watch", &batch]).expect(10).json();
    assert_eq!(watched["status"], "completed");
    assert_eq!(watched["counters"]["failed"], 4);
    assert_eq!(watched["counters"]["succeeded"], 4);
    let failed = site.stet(&["batch", "runs", &batch, "--status", "failed"]).done().lines();
    assert_eq!(failed.len(), 4);
    assert!(failed.iter().all(|run| run["end"]["error_code"] == "GROUNDING_MISSING"));
    let verified = site.stet(&["verify", &batch]).done().json();
    assert_eq!((&verified["runs"], &verified["disagreeing"]), (&json!(8), &json!(0)));
    site.stet(&["run", "create", &template, "--locale", "de-DE", "--grounding-mode", "REQUIRED"]).expect(10);
    site.stet(&["run", "create", &template, "--locale", "de-DE"]).done();
}

#[test]
fn another_model_at_preflight_is_20() {
    let site = Site::start(r#"{"rules": [{"then": {"model_version": "gpt-5.4-2026-06-01"}}]}"#, &[]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 2));
    let watched = site.stet(&["batch", "watch", &batch]).expect(20).json();
    assert_eq!(watched["status"], "paused");
    assert_eq!(watched["pause_reason"], "preflight");
    assert!(watched["reason"].as_str().unwrap().contains("gpt-5.4-2026-06-01"), "{watched}");
    assert_eq!(watched["counters"]["pending"], 4, "no cell was started");
    assert_eq!(site.received(), 1);
    let run = site.stet(&["run", "create", &template, "--locale", "de-DE"]);
    assert_eq!(run.json()["end"]["error_code"], "MODEL_VERSION_MISMATCH");
    assert!(matches!(run.code, Some(10 | 20)), "{:?}", run.code);
}

#[test]
fn drift_in_the_middle_is_20() {
    let drift = r#"{"rules": [{"when": {"call_from": 4}, "then": {"model_version": "gpt-5.4-2026-06-01"}}]}"#;
    let site = Site::start(drift, &[("WORKER_CONCURRENCY", "1")]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 4));
    let watched = site.stet(&["batch", "watch", &batch]).expect(20).json();
    assert_eq!(watched["pause_reason"], "drift");
    let counters = &watched["counters"];
    assert_eq!((&counters["succeeded"], &counters["quarantined"]), (&json!(2), &json!(1)));
    assert_eq!(site.stet(&["verify", &batch]).done().json()["disagreeing"], 0);
}

#[test]
fn an_interrupted_watch_is_130_and_the_batch_goes_on() {
    let site = Site::start(
        r#"{"latency": {"min_ms": 600000, "max_ms": 600000}}"#,
        &[("PROVIDER_TIMEOUT_SECONDS", "900")],
    );
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 1));
    for arguments in
        [vec!["batch", "watch", &batch], [&["batch", "run", &template, "--watch"], FLAGS].concat()]
    {
        let mut watch = site.client(&[("STET_LOG", "debug")], &arguments);
        // A connection that is used again shows that the watch has begun.
        watch
            .says("a second look", |said| {
                (said.matches("200 OK").count() >= 2 || said.matches("reuse idle connection").count() >= 2)
                    .then_some(())
            })
            .unwrap();
        watch.signal(Signal::INT);
        let ended = watch.end().expect(130);
        let watched = arguments
            .iter()
            .find(|name| name.starts_with("bat_"))
            .map_or_else(|| id(&ended.lines()[0]), |name| (*name).to_owned());
        assert!(ended.err.contains(&format!("stet batch watch {watched}")), "{}", ended.err);
        assert_eq!(site.batch(&watched)["status"], "preflight");
    }
}

#[test]
fn verify_names_what_was_tampered_with() {
    let mut site = Site::start("{}", &[]);
    let template = site.template();
    let run = id(&site.stet(&["run", "create", &template, "--locale", "de-DE"]).done().json());
    let other = id(&site.stet(&["run", "create", &template, "--locale", "it-IT"]).done().json());
    site.stop();
    let mut database = crate::database::Database::open(&site.database());
    database.change("DROP TRIGGER run_outputs_never_change");
    let tampered = "UPDATE run_outputs SET output = CAST(replace(CAST(output AS TEXT), '19', '91') AS BLOB)";
    assert_eq!(database.change(tampered), 2);
    drop(database);
    site.serve();
    let ended = site.stet(&["verify", &run, &other, &template]).expect(1).json();
    assert_eq!(ended["disagreeing"], 1, "{ended}");
    assert_eq!(ended["findings"][0]["id"], run.as_str());
    assert_eq!(ended["findings"][0]["found"]["intact"], false);
    assert_eq!(site.stet(&["verify", &other]).done().json()["disagreeing"], 0);
    site.stet(&["verify", "nonsense"]).refused(&["nonsense"]);
    site.stet(&["verify", "run_01M83SN8H5EG91HNGCC39NPPQD"]).refused(&["404 NOT_FOUND"]);
}

#[test]
fn a_run_takes_its_inputs() {
    let site = Site::start("{}", &[]);
    site.bed.write(
        "typed.json",
        example(|template| {
            template["config"]["inputs"]["price"] = json!({"type": "number"});
            template["config"]["messages"][1]["content"] = json!("{{service}} at {{price}}?");
        }),
    );
    let template = id(&site.stet(&["template", "create", "-f", "typed.json"]).done().json());
    let create = |inputs: &[&str]| {
        let verb: Vec<&str> =
            ["run", "create", &template, "--locale", "de-DE"].iter().chain(inputs).copied().collect();
        site.stet(&verb)
    };
    let run: Value = create(&["--input", "price=9.90", "--input", "service=books = paper"]).done().json();
    assert_eq!(run["record"]["inputs"]["service"], "books = paper");
    assert!(run["record"]["inputs"]["price"].is_number(), "{run}");
    create(&[]).refused(&["INPUT_MISSING", "price"]);
    create(&["--input", "price=cheap"]).refused(&["price"]);
    create(&["--input", "price"]).expect(2);
}

#[test]
fn an_operator_decides_by_verbs() {
    let scenario = r#"{"rules":[{"when":{"call_from":4},"then":{"model_version":"gpt-5.4-2026-11-20"}}]}"#;
    let mut site = Site::start(scenario, &[("WORKER_CONCURRENCY", "1")]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 4));
    site.batch_until(&batch, "the drift", |batch| batch["status"] == "paused");
    let watched = site.stet(&["batch", "watch", &batch]).expect(20);
    assert_eq!(watched.json()["pause_reason"], "drift");
    let drift = site.stet(&["batch", "drift", &batch]).done().json();
    assert_eq!(drift["first_drifted"]["model_version"], "gpt-5.4-2026-11-20");
    assert_eq!(drift["locks"][0]["model_version"], "gpt-5.4-2026-03-05");
    let refused = site.stet(&["batch", "resume", &batch, "--reason", "too early"]).expect(1);
    assert!(
        refused.err.contains("RESUME_REFUSED") || refused.err.contains("stays paused"),
        "{}",
        refused.err
    );
    site.play("{}");
    let retried = site
        .stet(&["batch", "retry", &batch, "--cells", "quarantined", "--reason", "it is back"])
        .done()
        .json();
    assert_eq!(retried["changed"], true);
    let resumed = site.stet(&["batch", "resume", &batch, "--reason", "it is back"]).done().json();
    assert_eq!(resumed["changed"], true);
    let ended = site.stet(&["batch", "watch", &batch]).done().json();
    assert_eq!((&ended["status"], &ended["counters"]["succeeded"]), (&"completed".into(), &8.into()));
    let matrix = site.stet(&["batch", "matrix", &batch]).done().lines();
    let succeeded: u64 = matrix.iter().map(|place| place["succeeded"].as_u64().unwrap()).sum();
    assert_eq!(succeeded, 8, "what ran again counts once, what drifted not at all: {matrix:?}");
    assert!(matrix.iter().all(|place| place["lock_epoch"] == 1 && place["quarantined"] == 0));
    site.stet(&["batch", "pause", &batch]).expect(1);
    let other = site.submit(&template, &submission(&["UNGROUNDED"], 4));
    site.stet(&["batch", "cancel", &other]).expect(2);
    site.stet(&["batch", "cancel", &other, "--reason", "a mistake"]).done();
    site.stet(&["batch", "watch", &other]).expect(30);
    assert_eq!(site.stet(&["verify"]).done().json()["disagreeing"], 0);
    site.stop();
}

/// The caller's trace, with a span a call (W3C Trace Context): whoever collects traces finds each call under the submission that it is of.
#[test]
fn a_callers_trace_goes_on_into_the_call_of_each_cell() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let site = Site::start("{}", &[]);
    let path = format!("/v1/templates/{}/batch-run", site.template());
    let headers =
        [("content-type", "application/json"), ("traceparent", &*format!("00-{TRACE}-00f067aa0ba902b7-01"))];
    let body = submission(&["UNGROUNDED"], 2);
    let (status, batch) = http::post(site.url(), &path, &site.key(), &headers, &body).unwrap();
    assert_eq!(status, 202, "{batch}");
    site.batch_until(&id(&batch), "the batch's end", |batch| batch["status"] == "completed");
    let traces: Vec<String> =
        site.calls().iter().filter_map(|call| call["traceparent"].as_str().map(str::to_owned)).collect();
    assert_eq!(traces.len(), 4, "a call a cell; the preflight is the server's own");
    assert!(traces.iter().all(|trace| trace.split('-').nth(1) == Some(TRACE)), "{traces:?}");
    let spans: std::collections::BTreeSet<_> = traces.iter().map(|trace| trace.split('-').nth(2)).collect();
    assert_eq!(spans.len(), 4, "{traces:?}");
}
