//! `stet config check`, and that no secret is ever printed.

use serde_json::Value;

use crate::bed::Bed;
use crate::site::Site;

/// Each holds the word that is looked for, in base64 where the setting wants it so: `CANARY-…`.
const SECRETS: &[(&str, &str)] = &[
    ("OPENAI_API_KEY", "sk-CANARY-openai"),
    ("ALS_SECRETS", "k1:Q0FOQVJZLWFscy1DQU5BUlktYWxzLUNBTkFSWS1hbHM="),
    ("RECORD_SECRETS", "r1:Q0FOQVJZLXJlY29yZC1DQU5BUlktcmVjb3JkLUNBTkE="),
    ("API_KEY_PEPPER", "Q0FOQVJZLXBlcHBlci1DQU5BUlktcGVwcGVyLUNBTkE="),
    ("CURSOR_SECRET", "Q0FOQVJZLWN1cnNvci1DQU5BUlktY3Vyc29yLUNBTkE="),
];

#[track_caller]
fn silent(said: &str) {
    for canary in ["CANARY", "Q0FOQVJZ"] {
        assert!(!said.contains(canary), "a secret was printed: {said}");
    }
}

#[test]
fn every_setting_is_shown_with_its_source() {
    let bed = Bed::new();
    bed.write("stet.toml", "lease_seconds = 30\nworker_concurrency = 9\n");
    let settings = [("WORKER_CONCURRENCY", "7")];
    let rows = bed.stet(&settings, &["config", "check", "--config", "stet.toml"]).done().lines();
    let row = |name: &str| rows.iter().find(|row| row["name"] == name).cloned().unwrap();
    assert_eq!(row("WORKER_CONCURRENCY")["value"], "7", "the environment wins over the file");
    assert_eq!(row("WORKER_CONCURRENCY")["source"], "environment");
    assert_eq!(row("LEASE_SECONDS")["value"], "30");
    assert!(row("LEASE_SECONDS")["source"].as_str().unwrap().ends_with("stet.toml"));
    assert_eq!(row("BATCH_MAX_CELLS")["value"], "100000");
    assert_eq!(row("BATCH_MAX_CELLS")["source"], "default");
    assert_eq!(row("OPENAI_API_KEY")["value"], Value::Null);
    assert_eq!(bed.names(), ["stet.toml"], "a check makes nothing");
}

#[test]
fn secrets_are_masked() {
    let bed = Bed::new();
    let ended = bed.stet(SECRETS, &["config", "check"]).done();
    silent(&format!("{}{}", ended.out, ended.err));
    for (name, _) in SECRETS {
        let row = ended.lines().into_iter().find(|row| row["name"] == *name).unwrap();
        assert_eq!(row["value"], "********");
    }
    // A bad one is refused without being shown.
    for (name, value) in
        [("CURSOR_SECRET", "CANARY"), ("ALS_SECRETS", "CANARY"), ("RECORD_SECRETS", "r1:CANARY")]
    {
        silent(&bed.stet(&[(name, value)], &["config", "check"]).refused(&[name, "(hidden)"]).err);
    }
}

#[test]
fn no_secret_is_in_any_output_or_log_of_a_working_server() {
    let mut settings = SECRETS.to_vec();
    settings.push(("STET_LOG", "trace"));
    let mut site = Site::start(
        r#"{"rules": [{"when": {"call_to": 1}, "then": {"fault": {"error": {"status": 500}}}}]}"#,
        &settings,
    );
    let key = std::fs::read_to_string(site.bed.path("stet-data/api-key")).unwrap();
    let template = site.template();
    let mut said = String::new();
    for arguments in [
        &["run", "create", &template, "--locale", "de-DE"][..],
        &[
            "batch",
            "run",
            &template,
            "--locales",
            "de-DE",
            "--grounding-modes",
            "REQUIRED",
            "--replicates",
            "1",
            "--drift-policy",
            "hard",
            "--watch",
        ],
        &["provider", "versions", "openai"],
        &["template", "show", &template],
        &["template", "list"],
        &["key", "list"],
        &["verify"],
    ] {
        let ended = site.stet_with(&[("STET_LOG", "trace")], arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        said.push_str(&ended.out);
        said.push_str(&ended.err);
    }
    let server = site.stop();
    assert!(server.err.contains("TRACE"), "the log is as loud as it gets");
    said.push_str(&server.out);
    said.push_str(&server.err);
    said.push_str(&site.simulator().said());
    silent(&said);
    let secret = key.trim().split('_').nth(2).unwrap();
    assert!(!said.contains(secret), "the API key was printed");
    // The database holds neither.
    let file = std::fs::read(site.database()).unwrap();
    for hidden in ["CANARY", secret] {
        assert!(
            !file.windows(hidden.len()).any(|bytes| bytes == hidden.as_bytes()),
            "{hidden} is in the file"
        );
    }
}
