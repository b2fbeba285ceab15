//! What is refused names pointer, value and limit, and writes nothing.

use serde_json::{Value, json};

use crate::fixture::{GRID, Reply, World, template};

/// The template with `change` made to it.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut body: Value = serde_json::from_str(&template("What is {{what}}?")).unwrap();
    change(&mut body);
    body.to_string()
}

fn batch(change: impl FnOnce(&mut Value)) -> String {
    let mut body: Value = serde_json::from_str(GRID).unwrap();
    change(&mut body);
    body.to_string()
}

/// One offence, and what it must name by pointer or detail.
fn refused(reply: &Reply, pointer: &str, code: &str, named: &[&str]) {
    assert_eq!((reply.status, reply.problem().as_str()), (422, "VALIDATION_FAILED"), "{}", reply.text());
    assert_eq!(reply.offences(), [(pointer.to_owned(), code.to_owned())], "{}", reply.text());
    let offence = reply.json()["errors"][0].to_string();
    for name in named {
        assert!(offence.contains(name), "{name:?} is not named: {offence}");
    }
}

#[tokio::test]
async fn templates() {
    let world = World::new().await;
    let post = async |change: fn(&mut Value)| world.post("/v1/templates", changed(change)).await;

    let unknown = post(|body| body["config"]["temprature"] = json!(1)).await;
    refused(&unknown, "/config/temprature", "UNKNOWN_FIELD", &["temprature"]);
    let unknown = post(|body| body["nmae"] = json!("x")).await;
    refused(&unknown, "/nmae", "UNKNOWN_FIELD", &["nmae"]);
    let alias = post(|body| body["config"]["model_version_constraint"] = json!("gpt-4o-latest")).await;
    refused(&alias, "/config/model_version_constraint", "MODEL_ALIAS", &["gpt-4o-latest"]);
    let undeclared = post(|body| body["config"]["messages"][0]["content"] = json!("{{who}}?")).await;
    refused(&undeclared, "/config/messages/0/content", "INPUT_UNDECLARED", &["who"]);
    let remote = post(|body| {
        body["config"]["output"] = json!({"format": "json", "strict": true,
            "schema": {"type": "object", "properties": {"a": {"$ref": "https://example.org/a.json"}}}});
    })
    .await;
    refused(&remote, "/config/output/schema/properties/a/$ref", "SCHEMA_REMOTE_REF", &[]);
    let wrong = post(|body| body["name"] = json!(7)).await;
    refused(&wrong, "/name", "WRONG_TYPE", &["string", "number"]);
    let missing = post(|body| drop(body.as_object_mut().unwrap().remove("config"))).await;
    refused(&missing, "/config", "MISSING_FIELD", &["config"]);

    assert_eq!(world.written().await, (0, 0));
}

#[tokio::test]
async fn parameters_that_nobody_reads() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    for path in [format!("/v1/templates/{template}?vebrose=true"), "/v1/batches?vebrose=true".to_owned()] {
        refused(&world.get(&path).await, "?vebrose", "UNKNOWN_FIELD", &["vebrose"]);
    }
    let body = r#"{"role":"viewer","label":"x"}"#;
    refused(&world.post("/v1/api-keys?dry_run=true", body).await, "?dry_run", "UNKNOWN_FIELD", &["none"]);
    assert_eq!(world.get("/livez?from=probe").await.status, 200, "a probe may say who it is");
}

#[tokio::test]
async fn a_template_of_257_kib() {
    let world = World::new().await;
    let large = changed(|body| body["config"]["messages"][0]["content"] = json!("x".repeat(257 << 10)));
    let reply = world.post("/v1/templates", large).await;
    let offences = reply.offences();
    assert!(offences.iter().any(|(_, code)| code == "TEMPLATE_TOO_LARGE"), "{offences:?}");
    assert!(reply.text().contains("262144"), "{}", reply.text());

    // White space counts: the limit holds for what was submitted, too.
    let padded = template("?").replacen("\"messages\"", &format!("{}\"messages\"", " ".repeat(257 << 10)), 1);
    let reply = world.post("/v1/templates", padded).await;
    refused(&reply, "/config", "TEMPLATE_TOO_LARGE", &["262144"]);
    assert_eq!(world.written().await, (0, 0));
}

#[tokio::test]
async fn batches() {
    let world = World::new().await;
    let id = world.template("What is {{what}}?").await;
    let path = format!("/v1/templates/{id}/batch-run");
    let post = async |change: fn(&mut Value)| world.post(&path, batch(change)).await;

    let locales: Vec<String> = ["de", "en", "fr", "it", "es", "nl", "pl", "sv", "da", "fi"]
        .iter()
        .flat_map(|language| {
            ["DE", "US", "GB", "CH", "FR", "IT", "AE", "SG", "ES", "NL", "PL"]
                .map(|country| format!("{language}-{country}"))
        })
        .take(101)
        .collect();
    let body = batch(|body| {
        body["locales"] = json!(locales);
        body["grounding_modes"] = json!(["UNGROUNDED"]);
        body["replicates"] = json!(1000);
    });
    let many = world.post(&path, body).await;
    refused(&many, "", "BATCH_TOO_LARGE", &["101000", "100000"]);
    let none = post(|body| body["replicates"] = json!(0)).await;
    refused(&none, "/replicates", "VALUE_NOT_ALLOWED", &["0", "1000"]);
    let half = post(|body| body["replicates"] = json!(1.5)).await;
    refused(&half, "/replicates", "VALUE_NOT_ALLOWED", &["1.5"]);
    let nowhere = post(|body| body["locales"] = json!(["de-DE", "de-XX"])).await;
    refused(&nowhere, "/locales/1", "REGION_UNKNOWN", &["XX"]);
    let mode = post(|body| body["grounding_modes"] = json!(["SOMETIMES"])).await;
    refused(&mode, "/grounding_modes/0", "VALUE_NOT_ALLOWED", &["SOMETIMES"]);
    let input = post(|body| body["inputs"] = json!({"who": "x"})).await;
    refused(&input, "/inputs/who", "INPUT_UNDECLARED", &["who"]);
    let policy = post(|body| body["drift_policy"] = json!("soft")).await;
    refused(&policy, "/drift_policy", "VALUE_NOT_ALLOWED", &["soft", "hard"]);
    let parallel = post(|body| body["max_parallel"] = json!(0)).await;
    refused(&parallel, "/max_parallel", "VALUE_NOT_ALLOWED", &["0"]);
    let plan = post(|body| body["expected_plan_sha256"] = json!("abc")).await;
    refused(&plan, "/expected_plan_sha256", "VALUE_NOT_ALLOWED", &["abc"]);
    let missing = post(|body| drop(body.as_object_mut().unwrap().remove("replicates"))).await;
    refused(&missing, "/replicates", "MISSING_FIELD", &["replicates"]);

    assert_eq!(world.written().await, (1, 0));
}

#[tokio::test]
async fn one_cell_more_than_the_limit() {
    let world = World::new().await;
    let id = world.template("?").await;
    // 100,001 = 11 × 9,091 is out of reach of the replicates' limit; 101 × 1,000 with one mode is the nearest grid above, 100 × 1,000 fits.
    let fits = batch(|body| {
        let languages = ["de", "en", "fr", "it", "es", "nl", "pl", "sv", "da", "fi"];
        let countries = ["DE", "US", "GB", "CH", "FR", "IT", "AE", "SG", "ES", "NL"];
        let locales: Vec<String> =
            languages.iter().flat_map(|l| countries.map(|c| format!("{l}-{c}"))).collect();
        body["locales"] = json!(locales);
        body["grounding_modes"] = json!(["UNGROUNDED"]);
        body["replicates"] = json!(1000);
    });
    let reply = world.post(&format!("/v1/templates/{id}/batch-run?dry_run=true"), fits).await;
    assert_eq!((reply.status, reply.json()["cells"].as_u64()), (200, Some(100_000)), "{}", reply.text());
}

#[tokio::test]
async fn uk_is_taken_as_gb() {
    let world = World::new().await;
    let id = world.template("?").await;
    let body = batch(|body| body["locales"] = json!(["en-UK"]));
    let reply = world.post(&format!("/v1/templates/{id}/batch-run"), body).await;
    assert_eq!((reply.status, reply.json()["locales"].clone()), (202, json!(["en-GB"])));
}

#[tokio::test]
async fn single_runs() {
    let world = World::new().await;
    let id = world.template("?").await;
    let path = format!("/v1/templates/{id}/run");
    for (body, pointer, code) in [
        (json!({"locale": "de-XX", "grounding_mode": "UNGROUNDED"}), "/locale", "REGION_UNKNOWN"),
        (json!({"locale": "de-DE", "grounding_mode": "x"}), "/grounding_mode", "VALUE_NOT_ALLOWED"),
        (json!({"locale": "de-DE"}), "/grounding_mode", "MISSING_FIELD"),
        (json!({"locale": "de-DE", "grounding_mode": "UNGROUNDED", "x": 1}), "/x", "UNKNOWN_FIELD"),
        (json!({"locale": "de-DE", "grounding_mode": "UNGROUNDED", "inputs": []}), "/inputs", "WRONG_TYPE"),
    ] {
        let reply = world.post_with(&path, &[("prefer", "respond-async")], body.to_string()).await;
        refused(&reply, pointer, code, &[]);
    }
    let runs = world.get(&format!("/v1/templates/{id}/runs")).await;
    assert_eq!(runs.json()["items"], json!([]));
}

#[tokio::test]
async fn unknown_parameters_of_a_post() {
    let world = World::new().await;
    let id = world.template("?").await;
    let run = json!({"locale": "de-DE", "grounding_mode": "UNGROUNDED"}).to_string();
    let key = json!({"role": "viewer", "label": "x"}).to_string();
    for (path, body) in [
        ("/v1/templates".to_owned(), template("??")),
        (format!("/v1/templates/{id}/run"), run),
        (format!("/v1/templates/{id}/batch-run"), batch(|_same| {})),
        ("/v1/api-keys".to_owned(), key),
    ] {
        let reply = world.post(&format!("{path}?dryrun=true"), body).await;
        refused(&reply, "?dryrun", "UNKNOWN_FIELD", &["dryrun"]);
    }
    assert_eq!(world.written().await, (1, 0));
}
