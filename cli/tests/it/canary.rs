//! Marked keys, secrets and prompts go through every path: no key or secret comes out anywhere, and no prompt in logs or metrics.

use serde_json::Value;

use crate::bed::{example, submission};
use crate::http;
use crate::site::{Site, id};

const OPENAI_KEY: &str = "sk-canary-openai-9d1c7f3a";
const GEMINI_KEY: &str = "AIza-canary-gemini-9d1c7f3a";
/// 32 bytes each, in base64.
const ALS_SECRET: &str = "Y2FuYXJ5LWFscy1jYW5hcnktYWxzLWNhbmFyeS1hbHM=";
const RECORD_SECRET: &str = "Y2FuYXJ5LXJlY29yZC1jYW5hcnktcmVjb3JkLWNhbmE=";
const PEPPER: &str = "Y2FuYXJ5LXBlcHBlci1jYW5hcnktcGVwcGVyLWNhbmE=";
const CURSOR: &str = "Y2FuYXJ5LWN1cnNvci1jYW5hcnktY3Vyc29yLWNhbmE=";
const PROMPT: &str = "canary-prompt-9d1c7f3a";
const INPUT: &str = "canary-input-9d1c7f3a";

/// Every way in which a call can end, the provider's own words included.
const SCENARIO: &str = r#"{"rules": [
    {"when": {"provider": "openai", "share": 0.1}, "then": {"fault": {"error": {"status": 500}}}},
    {"when": {"provider": "openai", "share": 0.1}, "then": {"fault": {"error": {"status": 400}}}},
    {"when": {"provider": "openai", "share": 0.1}, "then": {"fault": {"rate_limit": {"limit": "requests", "retry_after_s": 0}}}},
    {"when": {"provider": "openai", "share": 0.1}, "then": {"answer": "refusal"}},
    {"when": {"provider": "openai", "share": 0.1}, "then": {"answer": "incomplete"}},
    {"when": {"provider": "gemini", "share": 0.3}, "then": {"fault": {"error": {"status": 400}}}}
]}"#;

/// What must come out nowhere.
fn secrets(site: &Site) -> Vec<String> {
    let mut all: Vec<String> =
        [OPENAI_KEY, GEMINI_KEY, ALS_SECRET, RECORD_SECRET, PEPPER, CURSOR].map(str::to_owned).into();
    // In base64 and as it is.
    all.extend(
        ["canary-als-canary", "canary-record-canary", "canary-pepper-canary", "canary-cursor-canary"]
            .map(str::to_owned),
    );
    let token = site.key();
    all.push(token.split('_').nth(2).expect("a token has a secret").to_owned());
    all
}

/// Everything that the API tells of the org, as text.
fn everything(site: &Site, templates: &[String], batches: &[String]) -> Vec<(String, String)> {
    let mut paths: Vec<String> = ["templates", "batches", "segments", "audit", "api-keys", "providers"]
        .iter()
        .map(|list| {
            format!("/v1/{list}?limit=200")
                .replace("providers?limit=200", "providers")
                .replace("api-keys?limit=200", "api-keys")
        })
        .collect();
    for id in templates {
        paths.extend(["", "/verify", "/runs?limit=200"].map(|rest| format!("/v1/templates/{id}{rest}")));
    }
    for id in batches {
        paths.extend(
            ["", "/verify", "/attempts", "/drift", "/runs?limit=200"]
                .map(|rest| format!("/v1/batches/{id}{rest}")),
        );
        let (_, runs) = site.api(&format!("/v1/batches/{id}/runs?limit=200")).unwrap();
        for run in runs["items"].as_array().unwrap() {
            paths
                .extend(["", "/verify", "/attempts"].map(|rest| format!("/v1/runs/{}{rest}", self::id(run))));
        }
    }
    let told = |path: String| {
        let (status, answer) = site.api(&path).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        (path, answer.to_string())
    };
    paths.into_iter().map(told).collect()
}

/// Requests that are refused, keys and prompts in them.
fn refusals(site: &Site) -> Vec<(String, String)> {
    let key = site.key();
    let json = [("content-type", "application/json")];
    let wrong = format!("{}x", &key[..key.len() - 1]);
    let answers = [
        ("a broken key", http::get(site.url(), "/v1/templates", Some(&wrong))),
        ("no document", http::post(site.url(), "/v1/templates", &key, &json, "{")),
        ("a foreign id", http::get(site.url(), "/v1/runs/run_01JD8Q3Z5X6Y7W8V9T0S1R2P3N", Some(&key))),
    ];
    answers
        .into_iter()
        .map(|(what, answer)| {
            let (status, body) = answer.unwrap();
            assert!(status >= 400, "{what}: {status}");
            (what.to_owned(), body.to_string())
        })
        .collect()
}

#[test]
fn no_key_secret_or_prompt_comes_out_where_it_must_not() {
    let als = format!("k1:{ALS_SECRET}");
    let record = format!("r1:{RECORD_SECRET}");
    let mut site = Site::start(
        SCENARIO,
        &[
            ("OPENAI_API_KEY", OPENAI_KEY),
            ("GEMINI_API_KEY", GEMINI_KEY),
            ("ALS_SECRETS", &als),
            ("RECORD_SECRETS", &record),
            ("API_KEY_PEPPER", PEPPER),
            ("CURSOR_SECRET", CURSOR),
            ("RETRY_MAX_ATTEMPTS", "2"),
            ("STET_LOG", "debug"),
        ],
    );
    let marked = |provider: &str, model: &str| {
        example(|template| {
            let config = &mut template["config"];
            config["provider"] = provider.into();
            config["model_version_constraint"] = model.into();
            config["messages"][0]["content"] = format!("{PROMPT} is a mark.").into();
            config["generation"] = serde_json::json!({"max_output_tokens": 400});
            config["grounding"] = Value::Null;
        })
    };
    let (mut templates, mut batches) = (Vec::new(), Vec::new());
    for (provider, model) in [("openai", "gpt-5.4-2026-03-05"), ("gemini", "gemini-2.5-flash")] {
        site.bed.write("marked.json", marked(provider, model));
        let template = id(&site.stet(&["template", "create", "-f", "marked.json"]).done().json());
        let document = submission(&["UNGROUNDED", "PREFERRED"], 8)
            .replace(r#""inputs":{}"#, &format!(r#""inputs":{{"service":"{INPUT}"}}"#));
        assert!(document.contains(INPUT));
        let batch = site.submit(&template, &document);
        site.batch_until(&batch, "the end", |batch| batch["status"] == "completed");
        templates.push(template);
        batches.push(batch);
    }
    let metrics = http::text(site.url(), "/metrics").unwrap();
    let mut told = everything(&site, &templates, &batches);
    assert!(
        told.iter().any(|(_, text)| text.contains(PROMPT)),
        "the control: a template shows its prompt to its own org"
    );
    told.extend(refusals(&site));
    let secrets = secrets(&site);
    let ended = site.stop();
    let log = format!("{}{}", ended.out, ended.err);
    assert!(log.lines().count() > 50, "the log says something: {log}");
    told.push(("the metrics".to_owned(), metrics.clone()));
    told.push(("the log".to_owned(), log.clone()));
    for (what, text) in &told {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{what} tells {secret}");
        }
    }
    for mark in [PROMPT, INPUT] {
        assert!(
            !log.contains(mark),
            "the log tells {mark}: {:?}",
            log.lines().find(|line| line.contains(mark))
        );
        assert!(!metrics.contains(mark), "the metrics tell {mark}");
    }
}
