//! What an answer says, and whether it is what the template asks for.

use stet_canon::Json;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::RunView;

use crate::fixture::World;

const STRICT: &str = r#","output":{"format":"json","strict":true,"schema":{"type":"object",
    "properties":{"rate":{"type":"number"},"country":{"type":"string"}},
    "required":["rate","country"],"additionalProperties":false}}"#;

async fn answered(world: &World, answer: Option<&str>, fields: &str) -> RunView {
    let rules = answer.map(|answer| format!(r#"{{"then":{{"answer":"{answer}"}}}}"#)).unwrap_or_default();
    world.play(&format!(r#"{{"rules":[{rules}]}}"#));
    let run = world.process.run(fields, "UNGROUNDED").await;
    let view = world.process.ended(run).await;
    let attempts = world.process.attempts(run).await;
    assert_eq!((attempts.len(), attempts[0].exchanges.len()), (1, 1), "{answer:?}");
    assert!(!attempts[0].exchanges[0].reply_body.is_empty(), "{answer:?}");
    view
}

#[tokio::test]
async fn strict_json_is_checked_here_too() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        (None, None, Some(true), Some(false)),
        (Some("duplicated_json"), None, Some(true), Some(true)),
        (Some("invalid_json"), Some(ErrorCode::OutputInvalidJson), Some(false), Some(false)),
        (Some("schema_mismatch"), Some(ErrorCode::OutputSchemaMismatch), Some(false), Some(false)),
    ];
    for (answer, code, valid, from_last) in table {
        let view = answered(&world, answer, STRICT).await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((end.error_code, end.output_json_valid), (code, valid), "{answer:?}");
        let status = if code.is_none() { RunStatus::Succeeded } else { RunStatus::Failed };
        assert_eq!(view.row.status, status, "{answer:?}");
        let output = view.output.unwrap();
        let provenance = Json::parse(&output.provenance).unwrap();
        let flag = provenance.get("json_from_last_message").unwrap().clone();
        assert_eq!(flag, from_last.map_or(Json::Null, Json::from), "{answer:?}");
        let text = output.output.expect("an output is kept, valid or not");
        assert_eq!(Json::parse(&text).is_ok(), answer != Some("invalid_json"), "{answer:?}");
    }
    work.stop().await;
}

#[tokio::test]
async fn an_answer_that_did_not_end_well_has_its_own_code() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        ("refusal", ErrorCode::ProviderRefused),
        ("incomplete", ErrorCode::OutputIncomplete),
        ("content_filter", ErrorCode::OutputIncomplete),
        ("reasoning_only", ErrorCode::OutputIncomplete),
        ("empty", ErrorCode::OutputEmpty),
        ("queued", ErrorCode::ProviderBadAnswer),
    ];
    for (answer, code) in table {
        let view = answered(&world, Some(answer), "").await;
        let end = view.row.end.unwrap();
        assert_eq!((view.row.status, end.error_code), (RunStatus::Failed, Some(code)), "{answer}");
        assert!(end.error_detail.is_some_and(|detail| !detail.is_empty()), "{answer}");
        let kept = view.output.unwrap().output.is_some();
        assert_eq!(kept, matches!(answer, "incomplete" | "content_filter"), "{answer}: what came is kept");
    }
    work.stop().await;
}
