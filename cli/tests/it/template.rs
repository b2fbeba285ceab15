//! `stet template`: what is refused leaves nothing, what is accepted is found again.

use serde_json::{Value, json};

use crate::bed::example;
use crate::process::Ended;
use crate::site::{Site, id};

fn create(site: &Site, document: impl AsRef<[u8]>) -> Ended {
    site.bed.write("new.json", document);
    site.stet(&["template", "create", "-f", "new.json"])
}

fn count(site: &Site) -> usize {
    site.stet(&["template", "list"]).done().lines().len()
}

#[test]
fn a_file_that_holds_no_template_is_refused_before_it_is_sent() {
    let site = Site::start("{}", &[]);
    site.stet(&["template", "create", "-f", "missing.json"])
        .refused(&["missing.json cannot be read", "No such file"]);
    create(&site, "").refused(&["new.json is empty", r#"{"name": …, "config": {…}}"#]);
    create(&site, b"{\"name\": \"\xff\"}").refused(&["new.json: INVALID_UTF8", "(line 1 column 11)"]);
    create(&site, "{\"name\":\n").refused(&["new.json: JSON_SYNTAX", "(line 2 column 1)"]);
    create(&site, "a: yaml").refused(&["new.json: JSON_SYNTAX", "(line 1 column 1)"]);
    create(&site, r#"{"name":"a","name":"b"}"#).refused(&["new.json: JSON_DUPLICATE_KEY"]);
    create(&site, "[]").refused(&["422", "expected an object, found array"]);
    assert_eq!(count(&site), 0);
}

/// A change to the example, and what its refusal says.
type Case = (fn(&mut Value), &'static [&'static str]);

#[test]
fn a_refusal_names_pointer_code_value_and_limit() {
    let site = Site::start("{}", &[]);
    let cases: &[Case] = &[
        (|t| t["config"]["colour"] = json!(1), &["/config/colour: UNKNOWN_FIELD"]),
        (|t| t["title"] = json!("x"), &["/title: UNKNOWN_FIELD"]),
        (
            |t| t["config"]["model_version_constraint"] = json!("gpt-5.4"),
            &["/config/model_version_constraint: MODEL_ALIAS", "\"gpt-5.4\" is a floating alias", "pinned"],
        ),
        (
            |t| t["config"]["messages"][1]["content"] = json!("What of {{country}}?"),
            &["/config/messages/1/content: INPUT_UNDECLARED", "`country`"],
        ),
        (
            |t| {
                t["config"]["output"] =
                    json!({"format": "json", "schema": {"$ref": "https://example.com/schema.json"}});
            },
            &["/config/output/schema/$ref: SCHEMA_REMOTE_REF", "https://example.com/schema.json"],
        ),
        (
            |t| t["config"]["messages"][1]["content"] = json!("x".repeat(257 * 1024)),
            &["/config: TEMPLATE_TOO_LARGE", "at most 262144"],
        ),
    ];
    for (change, texts) in cases {
        let refused = create(&site, example(change)).refused(texts);
        assert!(refused.err.starts_with("error: 422 VALIDATION_FAILED"), "{}", refused.err);
    }
    assert_eq!(count(&site), 0, "nothing is written of what is refused");
}

#[test]
fn all_offences_of_one_template_are_told_at_once() {
    let site = Site::start("{}", &[]);
    let refused = create(
        &site,
        example(|template| {
            template["config"]["colour"] = json!(1);
            template["config"]["generation"]["temperature"] = json!("hot");
        }),
    );
    refused.refused(&["/config/colour: UNKNOWN_FIELD", "/config/generation/temperature: WRONG_TYPE"]);
}

#[test]
fn created_listed_shown_compared() {
    let site = Site::start("{}", &[]);
    let first = create(&site, example(|_same| {})).done().json();
    let again = create(&site, example(|_same| {})).done();
    assert!(again.err.contains("exists already"), "{}", again.err);
    assert_eq!(again.json()["id"], first["id"], "the same content is the same template");
    let warmer = example(|template| template["config"]["generation"]["temperature"] = json!(0.9));
    let second = create(&site, warmer).done().json();

    let listed = site.stet(&["template", "list", "--json"]).done().lines();
    let ids: Vec<&Value> = listed.iter().map(|template| &template["id"]).collect();
    assert_eq!(ids, [&second["id"], &first["id"]], "newest first");
    assert_eq!(site.stet(&["template", "list", "--limit", "1"]).done().lines().len(), 1);

    let (first, second) = (id(&first), id(&second));
    let shown = site.stet(&["template", "show", &second]).done().json();
    assert_eq!(shown["config"]["generation"]["temperature"].to_string(), "0.9");
    let patch = site.stet(&["template", "diff", &first, &second]).done().lines();
    let step = json!({"op": "replace", "path": "/generation/temperature", "value": 0.9});
    assert_eq!(patch, [step], "it leads from the first to the second");
    assert_eq!(site.stet(&["template", "diff", &first, &first]).done().out, "");

    let run = site.stet(&["run", "create", &second, "--locale", "de-DE"]).done().json();
    let runs = site.stet(&["template", "runs", &second]).done().lines();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0]["id"], run["id"]);
    let filtered = ["template", "runs", &second, "--status", "failed"];
    assert_eq!(site.stet(&filtered).done().lines().len(), 0);
    assert_eq!(site.stet(&["template", "runs", &first]).done().lines().len(), 0);
}

#[test]
fn an_idempotency_key_repeats_and_refuses_another_body() {
    let site = Site::start("{}", &[]);
    let with_key = |document: String| {
        site.bed.write("new.json", document);
        site.stet(&["template", "create", "-f", "new.json", "--idempotency-key", "once"])
    };
    let first = with_key(example(|_same| {})).done().json();
    let replayed = with_key(example(|_same| {})).done().json();
    assert_eq!(replayed, first, "the answer is the first one");
    with_key(example(|template| template["name"] = json!("another"))).refused(&["409 IDEMPOTENCY_MISMATCH"]);
    assert_eq!(count(&site), 1);
}

#[test]
fn what_is_not_there_is_not_found() {
    let site = Site::start("{}", &[]);
    for id in ["tpl_01M83SN8H5EG91HNGCC39NPPQD", "bat_01M83SN8H5EG91HNGCC39NPPQD", "nonsense"] {
        site.stet(&["template", "show", id]).refused(&["404 NOT_FOUND"]);
    }
}
