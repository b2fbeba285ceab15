//! `/v1/runs`.

use serde_json::Value;
use stet_api::wire;
use stet_domain::Provider;
use stet_domain::code::ErrorCode;

use crate::fixture::World;

#[tokio::test]
async fn a_finished_run_shows_output_provenance_and_hashes() {
    let world = World::new().await;
    let template = world.template("?").await;
    let body = r#"{"locale":"de-DE","grounding_mode":"UNGROUNDED"}"#;
    let path = format!("/v1/templates/{template}/run");
    let id = world.post_with(&path, &[("prefer", "respond-async")], body).await.string("/id");
    assert_eq!(world.execute("<script>alert(1)</script>\n19 %").await, 1);

    let reply = world.get(&format!("/v1/runs/{id}")).await;
    assert_eq!(reply.header("content-type"), Some("application/json"));
    insta::assert_snapshot!("run", reply.pretty(&["/available_at", "/end/record_hmac"]));
    let run: wire::Run = serde_json::from_slice(&reply.body).unwrap();
    let (end, record) = (run.end.unwrap(), run.record.unwrap());
    let provenance = record.provenance.unwrap();
    let digest = stet_domain::Digest::of(provenance.get().as_bytes()).to_string();
    assert_eq!(Some(digest), end.run_sha256, "what run_sha256 covers is embedded byte for byte");

    let verified = world.get(&format!("/v1/runs/{id}/verify")).await;
    let verification: wire::Verification = serde_json::from_slice(&verified.body).unwrap();
    assert_eq!((verification.intact, verification.sha256), (true, end.run_sha256), "{}", verified.text());

    let attempts = world.get(&format!("/v1/runs/{id}/attempts")).await;
    let attempts: wire::Attempts = serde_json::from_slice(&attempts.body).unwrap();
    assert_eq!(attempts.items.len(), 1);
    let exchange = &attempts.items[0].exchanges[0];
    assert_eq!((exchange.reply_body.encoding.as_str(), exchange.reply_status), ("utf-8", Some(200)));
    assert!(exchange.reply_body.data.starts_with("<script>"));
}

#[tokio::test]
async fn a_waiting_run_has_no_end_and_verifies() {
    let world = World::new().await;
    let batch = world.batch().await;
    let id = world.get(&format!("/v1/batches/{batch}/runs?limit=1")).await.string("/items/0/id");
    let reply = world.get(&format!("/v1/runs/{id}")).await.json();
    assert_eq!((&reply["status"], &reply["end"]), (&Value::from("pending"), &Value::Null));
    assert_eq!(reply["record"]["output"], Value::Null);
    let attempts = world.get(&format!("/v1/runs/{id}/attempts")).await.json();
    assert_eq!(attempts, serde_json::json!({"items": []}));
}

#[tokio::test]
async fn a_waiting_run_says_what_it_waits_for() {
    let world = World::new().await;
    let batch = world.batch().await;
    let id = world.get(&format!("/v1/batches/{batch}/runs?limit=1")).await.string("/items/0/id");
    let path = format!("/v1/runs/{id}/blockers");
    let reply = world.get(&path).await;
    let blockers: wire::Blockers = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((blockers.run_id.as_str(), blockers.status.as_str()), (id.as_str(), "pending"));
    assert_eq!(blockers.blockers.len(), 1);
    assert_eq!(blockers.blockers[0].kind, "preflight");
    let gates = world.ops.gates();
    gates.block(Provider::OpenAi, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    let reply = world.get(&path).await;
    insta::assert_snapshot!("blockers", reply.pretty(&["/run_id", "/blockers/1/until"]));
}
