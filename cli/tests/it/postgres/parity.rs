//! Both engines and both modes make the same of the same batch (system.md, "Phases and modes").

use std::collections::BTreeMap;

use serde_json::Value;
use stet_testkit::{Login, TempRedis, Way};

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

/// What a batch came to.
#[derive(Debug, Clone, PartialEq)]
struct Came {
    map: BTreeMap<u64, Facts>,
    /// The identities of batch and plan.
    identities: (Value, Value),
    /// What the API says of it, path by path, but for what no two batches share.
    answers: BTreeMap<String, Value>,
}

/// What one process makes of it.
fn executed(settings: &[(&str, &str)], replicates: u32) -> Came {
    let mut site = Site::start(SCENARIO, &[&[ALS_SECRETS], settings].concat());
    let came = come_to(&site, replicates);
    site.stop();
    came
}

/// What a fleet makes of it.
fn executed_by_fleet(settings: &[(&str, &str)], replicates: u32) -> Came {
    let server = Server::start();
    let fleet = Members::start(&server, SCENARIO, &[&[ALS_SECRETS], settings].concat(), 2, 2);
    let came = come_to(&fleet.site, replicates);
    fleet.stop();
    came
}

fn come_to(site: &Site, replicates: u32) -> Came {
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED", "PREFERRED", "REQUIRED"], replicates));
    let ended = site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");
    assert_eq!(site.stet(&["verify"]).done().json()["disagreeing"], 0);
    let mut answers = answers(site, &batch);
    answers.extend(schedule_answers(site, &template));
    Came {
        map: map_of(site, &batch),
        identities: (ended["batch_sha256"].clone(), ended["plan_sha256"].clone()),
        answers,
    }
}

/// Every answer that the API gives of a batch and its runs.
fn answers(site: &Site, batch: &str) -> BTreeMap<String, Value> {
    let mut answers = BTreeMap::new();
    let mut keep = |name: String, path: String| {
        let (status, answer) = site.api(&path).expect("the server answers");
        assert_eq!(status, 200, "{path}: {answer}");
        answers.insert(name, comparable(answer.clone()));
        answer
    };
    for part in ["", "/matrix", "/drift", "/attempts", "/verify"] {
        keep(format!("batch{part}"), format!("/v1/batches/{batch}{part}"));
    }
    let runs = keep("batch/runs".to_owned(), format!("/v1/batches/{batch}/runs?limit=200"));
    for run in runs["items"].as_array().expect("a page has items") {
        let (id, index) = (run["id"].as_str().unwrap(), &run["batch_run_index"]);
        for part in ["", "/attempts", "/blockers", "/verify"] {
            keep(format!("run {index}{part}"), format!("/v1/runs/{id}{part}"));
        }
    }
    answers
}

/// Every answer that the API gives of a schedule that is not due while a test lives: each decision of it, and what is shown after.
fn schedule_answers(site: &Site, template: &str) -> BTreeMap<String, Value> {
    site.bed.write("batch.json", submission(&["UNGROUNDED"], 1));
    let verb = ["schedule", "create", template, "--name", "leap", "-f", "batch.json"];
    let when = ["--cron", "0 6 29 2 *", "--time-zone", "Europe/Berlin"];
    let made = site.stet(&[&verb[..], &when].concat()).done().json();
    let schedule = crate::site::id(&made);
    let mut answers = BTreeMap::from([("schedule created".to_owned(), comparable(made))]);
    for decision in ["pause", "resume", "end"] {
        let decided = site.stet(&["schedule", decision, &schedule, "--reason", "why"]).done().json();
        answers.insert(format!("schedule {decision}"), comparable(decided));
        for (name, path) in [
            ("schedule", format!("/v1/schedules/{schedule}")),
            ("fires", format!("/v1/schedules/{schedule}/fires")),
            ("schedules", "/v1/schedules".to_owned()),
        ] {
            let (status, answer) = site.api(&path).expect("the server answers");
            assert_eq!(status, 200, "{path}: {answer}");
            answers.insert(format!("{name} after {decision}"), comparable(answer));
        }
    }
    answers
}

/// An answer with what differs from batch to batch put out of the way: ids, moments, durations, and proofs that cover those.
fn comparable(mut answer: Value) -> Value {
    match &mut answer {
        Value::Object(members) => {
            let of_first = members.contains_key("first_run");
            for (name, member) in members.iter_mut() {
                let own = OWN.iter().any(|part| name.contains(part))
                    || (of_first && OF_FIRST.contains(&name.as_str()));
                let taken = std::mem::take(member);
                *member = if own && !taken.is_null() { Value::from("…") } else { comparable(taken) };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = comparable(item.take())),
        Value::String(text) if is_own(text) => "…".clone_into(text),
        _ => {}
    }
    answer
}

/// Members that hold what is a batch's own.
const OWN: [&str; 6] = ["_ms", "hmac", "worker", "created_by", "changed_by", "provider_request_id"];

/// And those that tell which run of several was recorded first.
const OF_FIRST: [&str; 4] = ["batch_run_index", "locale", "grounding_mode", "replicate_index"];

/// Whether a text is an id of ours or a moment.
fn is_own(text: &str) -> bool {
    let is_id = text.split_once('_').is_some_and(|(kind, id)| {
        kind.len() <= 4 && id.len() == 26 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let is_moment = text.len() >= 20 && text.ends_with('Z') && text.as_bytes().get(10) == Some(&b'T');
    is_id || is_moment
}

/// Demands the same, naming the first answer that is another.
#[track_caller]
fn same(came: &Came, expected: &Came) {
    assert_eq!((&came.map, &came.identities), (&expected.map, &expected.identities));
    assert!(came.answers.keys().eq(expected.answers.keys()));
    let mut differences = Vec::new();
    for (name, answer) in &came.answers {
        differ(name, answer, &expected.answers[name], &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Where two answers differ, each with both values.
fn differ(path: &str, one: &Value, other: &Value, differences: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(ones), Value::Object(others)) if ones.keys().eq(others.keys()) => {
            for (name, one) in ones {
                differ(&format!("{path}/{name}"), one, &others[name], differences);
            }
        }
        (Value::Array(ones), Value::Array(others)) if ones.len() == others.len() => {
            for (index, (one, other)) in ones.iter().zip(others).enumerate() {
                differ(&format!("{path}/{index}"), one, other, differences);
            }
        }
        _ if one == other => {}
        _ => differences.push(format!("{path}: {one} is not {other}")),
    }
}

#[test]
fn the_same_batch_makes_the_same_map_and_the_same_answers_in_every_mode() {
    let server = Server::start();
    let url = server.url(Way::Straight, Login::Both);
    let on_file = executed(&[], 5);
    let on_server = executed(&[("DATABASE_URL", &url)], 5);
    assert_eq!(on_file.map.len(), 30);
    // Of the batch, of its runs, and of a schedule: what made it, and three decisions with three answers after each.
    assert_eq!(on_file.answers.len(), 6 + 30 * 4 + 1 + 3 * 4);
    assert!(
        on_file.map.values().any(|facts| facts.3 == "failed")
            && on_file.map.values().any(|facts| facts.3 == "succeeded")
    );
    same(&on_server, &on_file);
    same(&executed_by_fleet(&[], 5), &on_file);
    let redis = TempRedis::start();
    same(&executed_by_fleet(&[("USE_REDIS", "true"), ("REDIS_URL", &redis.url())], 5), &on_file);
    assert_ne!(redis.ask(&["dbsize"]), "0", "it was used");
    // The control: one fact that differs is seen, in the map and in an answer.
    let mut perturbed = on_file.clone();
    perturbed.map.get_mut(&7).unwrap().0.replace_range(0..1, "x");
    assert_ne!(on_server, perturbed);
    let mut perturbed = on_file.clone();
    perturbed.answers.get_mut("run 7").unwrap()["status"] = "pending".into();
    assert_ne!(on_server, perturbed);
    let other = executed(
        &[
            ("DATABASE_URL", &Server::start().url(Way::Straight, Login::Both)),
            ("ALS_SECRETS", "k1:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI="),
        ],
        5,
    );
    assert_ne!(other.map, on_file.map, "another secret makes other blocks");
}
