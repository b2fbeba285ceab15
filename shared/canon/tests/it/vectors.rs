//! The vectors of `vectors/*.json` (its README has the format).

mod form;
mod identity;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value};
use stet_canon::{Digest, Refusal};

use form::{Form, Input, Outcome};

/// The files of the contract, their form, and the vectors that they must have at least (canonical.md §6).
const FILES: [(&str, &str, usize); 11] = [
    ("numbers.json", "number", 60),
    ("output.json", "output", 40),
    ("text.json", "text", 30),
    ("template.json", "template", 40),
    ("template-size.json", "template", 1),
    ("schema.json", "schema", 40),
    ("schema-size.json", "schema", 1),
    ("region.json", "region", 1),
    ("placeholder.json", "placeholder", 1),
    ("identity.json", "identity", 1),
    ("inputs.json", "inputs", 1),
];

/// Their form is that of another crate.
const ELSEWHERE: [&str; 1] = ["als.json"];

const MEMBERS: [&str; 10] =
    ["name", "why", "input", "input_hex", "expected", "error", "sha256", "line", "column", "pointer"];

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

pub(crate) fn read_json(path: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_file_is_known_and_none_is_missing() {
    let present: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let known = FILES.iter().map(|(name, ..)| *name).chain(ELSEWHERE).map(str::to_owned).collect();
    assert_eq!(present, known);
}

#[test]
fn every_vector_holds() {
    let mut failures = Vec::new();
    for (file, form, least) in FILES {
        let content = read_json(file);
        assert_eq!(content["version"].to_string(), "1", "{file}");
        assert_eq!(content["form"], form, "{file}");
        let form = Form::named(form);
        let vectors = content["vectors"].as_array().unwrap();
        assert!(
            vectors.len() >= least,
            "{file} has {} vectors, at least {least} are required",
            vectors.len()
        );
        let mut names = BTreeSet::new();
        for vector in vectors {
            let vector = vector.as_object().unwrap();
            let name = vector["name"].as_str().unwrap();
            assert!(names.insert(name), "{file}: {name} stands twice");
            if let Err(complaint) = check(vector, form) {
                failures.push(format!("{file} {name}: {complaint}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} vectors do not hold:\n{}", failures.len(), failures.join("\n"));
}

fn check(vector: &Map<String, Value>, form: Form) -> Result<(), String> {
    if let Some(unknown) = vector.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
        return Err(format!("unknown member {unknown}"));
    }
    let input = input(vector)?;
    match (form.run(&input), vector.get("expected"), vector.get("error")) {
        (Ok(outcome), Some(Value::String(expected)), None) => {
            check_outcome(&outcome, expected, vector.get("sha256"))?;
            if form.is_idempotent() { check_again(form, &outcome) } else { Ok(()) }
        }
        (Err(refusals), None, Some(Value::String(code))) => check_refusal(&refusals[0], code, vector),
        (Ok(outcome), None, Some(_)) => Err(format!("is not refused: {}", outcome.text)),
        (Err(refusals), Some(_), None) => Err(format!("is refused: {refusals:?}")),
        _ => Err("one of `expected` and `error` must stand, as a string".to_owned()),
    }
}

fn input(vector: &Map<String, Value>) -> Result<Input, String> {
    match (vector.get("input"), vector.get("input_hex")) {
        (Some(Value::String(text)), None) => Ok(Input::Document(text.clone().into_bytes())),
        (Some(Value::Object(parameters)), None) => Ok(Input::Parameters(parameters.clone())),
        (None, Some(Value::String(hex))) => Ok(Input::Document(bytes_of(hex)?)),
        _ => Err("one of `input` and `input_hex` must stand".to_owned()),
    }
}

fn bytes_of(hex: &str) -> Result<Vec<u8>, String> {
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    match (pairs.iter().map(byte).collect(), rest) {
        (Some(bytes), []) => Ok(bytes),
        _ => Err(format!("not hexadecimal: {hex}")),
    }
}

fn check_outcome(outcome: &Outcome, expected: &str, sha256: Option<&Value>) -> Result<(), String> {
    if outcome.text != expected {
        return Err(format!("expected {expected:?}, got {:?}", outcome.text));
    }
    if outcome.digest.is_some_and(|digest| digest != Digest::of(expected.as_bytes())) {
        return Err("the product's own digest is not that of the expected text".to_owned());
    }
    match sha256 {
        Some(sha256) if *sha256 != Digest::of(expected.as_bytes()).to_string() => {
            Err(format!("sha256 of what is expected is {}", Digest::of(expected.as_bytes())))
        }
        _ => Ok(()),
    }
}

fn check_again(form: Form, outcome: &Outcome) -> Result<(), String> {
    let again = form.run(&Input::Document(outcome.text.clone().into_bytes()));
    match again {
        Ok(again) if again.text == outcome.text => Ok(()),
        Ok(again) => Err(format!("canonical of canonical is {}", again.text)),
        Err(refusals) => Err(format!("canonical of canonical is refused: {refusals:?}")),
    }
}

fn check_refusal(refusal: &Refusal, code: &str, vector: &Map<String, Value>) -> Result<(), String> {
    let place = |name: &str| match name {
        "line" => refusal.position.map(|position| Value::from(position.line)),
        "column" => refusal.position.map(|position| Value::from(position.column)),
        _ => refusal.pointer.clone().map(Value::from),
    };
    // A submission's absent input has a code of its own in the API; here it is a field that is missing.
    let code = if code == "INPUT_MISSING" { "MISSING_FIELD" } else { code };
    if refusal.code.as_str() != code {
        return Err(format!("expected {code}, got {refusal:?}"));
    }
    for name in ["line", "column", "pointer"] {
        if vector.get(name).is_some_and(|expected| place(name).as_ref() != Some(expected)) {
            return Err(format!("expected {name} {}, got {refusal:?}", vector[name]));
        }
    }
    Ok(())
}
