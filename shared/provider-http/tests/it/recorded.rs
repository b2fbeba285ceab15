//! Real recorded answers, where a folder of them lies beside the project: every reading must be the expected one.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::header::HeaderMap;
use serde_json::Value;
use stet_domain::code::ErrorCode;
use stet_provider::{Answer, Failure, FailureClass, Finish};
use stet_provider_http::openai::decode;

/// Where recordings lie, seen from this crate; they stay out of the project.
const FOLDER: &str = "../../../shared/recorded/openai";

/// Disagreements between a reading and what is expected of it.
struct Differences(Vec<String>);

impl Differences {
    fn same<T: PartialEq + std::fmt::Debug + Copy>(&mut self, what: &str, found: T, expected: T) {
        if found != expected {
            self.0.push(format!("{what}: read {found:?}, expected {expected:?}"));
        }
    }
}

/// The bodies: each file that has a `.meta.json` beside it.
fn cases(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = files.filter(|path| path.with_extension("meta.json").is_file()).collect();
    cases.sort();
    cases
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64()
}

fn error(failure: &Failure, expect: &Value, differences: &mut Differences) {
    differences.same("outcome", "error", expect["outcome"].as_str().unwrap());
    let again = matches!(failure.class, FailureClass::Retryable | FailureClass::RateLimited);
    differences.same("retryable", Some(again), expect["retryable"].as_bool());
    let message = expect["error"]["message"].as_str().unwrap();
    if !failure.detail.contains(message) {
        differences.0.push(format!("detail: {:?} lacks {message:?}", failure.detail));
    }
}

fn answer(answer: &Answer, expect: &Value, differences: &mut Differences) {
    let outcome = match &answer.finish {
        Finish::Complete => "ok",
        Finish::Refused { .. } => "refusal",
        Finish::Incomplete { .. } => "incomplete",
        Finish::Empty => "ok_no_text",
    };
    differences.same("outcome", outcome, expect["outcome"].as_str().unwrap());
    differences.same("text", Some(answer.text.as_str()), expect["text"].as_str());
    let version = answer.observed.as_ref().map(|observed| observed.model_version.as_str());
    differences.same("model_version", version, expect["model_version"].as_str());
    let fingerprint = answer.observed.as_ref().and_then(|observed| observed.model_fingerprint.as_deref());
    differences.same("fingerprint", fingerprint, expect["fingerprint"].as_str());
    differences.same("service_tier", answer.service_tier.as_deref(), expect["service_tier"].as_str());
    match &answer.finish {
        Finish::Incomplete { reason } => {
            differences.same("reason", Some(reason.as_str()), expect["finish"]["incomplete_reason"].as_str());
        }
        Finish::Refused { reason } => {
            differences.same("refusal", Some(reason.as_str()), expect["refusal"].as_str());
        }
        Finish::Complete | Finish::Empty => {}
    }
    let (search, expected) = (&answer.search, &expect["grounding"]);
    differences.same("search_performed", Some(search.performed), expected["search_performed"].as_bool());
    let grounded = search.performed && search.citations.iter().any(|citation| citation.class.counts());
    differences.same("grounded", Some(grounded), expected["grounded"].as_bool());
    differences.same("citations", i64::try_from(search.citations.len()).ok(), number(&expected["citations"]));
    let (usage, expected) = (&answer.usage, &expect["tokens"]);
    for (name, found) in [
        ("input", usage.input),
        ("output", usage.output),
        ("cached", usage.cached),
        ("reasoning", usage.reasoning),
    ] {
        differences.same(name, found, number(&expected[name]));
    }
    if let Some(valid) = expect["json_valid"].as_bool() {
        let parses = |text: &str| serde_json::from_str::<Value>(text).is_ok();
        let found = parses(&answer.text) || answer.last_message_text.as_deref().is_some_and(parses);
        differences.same("json_valid", found, valid);
    }
}

fn read(body: &[u8], meta: &Value) -> Vec<String> {
    let expect = &meta["expect"];
    let mut differences = Differences(Vec::new());
    let status =
        meta["response"]["status"].as_u64().or_else(|| expect["http_status"].as_u64()).unwrap_or(200);
    match decode(u16::try_from(status).unwrap(), &HeaderMap::new(), body) {
        // An answer that has not ended is none: nothing of ours runs in the background.
        Err(failure) if expect["outcome"] == "pending" => {
            differences.same("code", failure.code, ErrorCode::ProviderBadAnswer);
        }
        Err(failure) => error(&failure, expect, &mut differences),
        Ok(read) => answer(&read, expect, &mut differences),
    }
    differences.0
}

#[test]
fn every_recorded_answer_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    if !folder.is_dir() {
        println!("no recorded answers beside the project: nothing to check");
        return;
    }
    let cases = cases(&folder);
    let mut differing = Vec::new();
    for path in &cases {
        let meta = fs::read(path.with_extension("meta.json")).unwrap();
        let meta: Value = serde_json::from_slice(&meta).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        differing.extend(
            read(&fs::read(path).unwrap(), &meta).into_iter().map(|words| format!("{name}: {words}")),
        );
    }
    println!("{} recorded answers checked", cases.len());
    assert!(!cases.is_empty(), "the folder {FOLDER} is empty");
    assert!(differing.is_empty(), "{} disagreements:\n{}", differing.len(), differing.join("\n"));
}
