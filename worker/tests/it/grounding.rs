//! Evidence, and the provoker's try (providers.md, "Evidence of grounding" and Requests 6).

use stet_canon::Json;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::{AttemptRow, RunView};

use crate::fixture::{Asked, FLASH, World};

const PROVOKER: &str = "Search the web first.";
const PROVOKED: &str = r#","grounding":{"provoker":"Search the web first."}"#;

/// What a search comes to, and why that is no evidence.
const WITHOUT_EVIDENCE: [(&str, &str); 4] = [
    ("unused", "TOOL_NOT_INVOKED"),
    ("empty", "SEARCH_EMPTY"),
    ("uncited", "NO_CITATIONS"),
    ("failed", "SEARCH_FAILED"),
];

fn provenance(view: &RunView) -> Json {
    Json::parse(&view.output.as_ref().unwrap().provenance).unwrap()
}

/// What the run says of its provoker; none is null.
fn provoker(view: &RunView) -> Json {
    provenance(view).get("provoker_value").unwrap().clone()
}

/// A run under a scenario of its own.
async fn asked(world: &World, scenario: &str, fields: &str, mode: &str) -> (RunView, Vec<AttemptRow>) {
    world.play(scenario);
    let run = world.process.run(fields, mode).await;
    (world.process.ended(run).await, world.process.attempts(run).await)
}

/// The same of Google's models, which tell a search that failed as they tell none.
const WITHOUT_EVIDENCE_GOOGLE: [(&str, &str); 5] = [
    ("unused", "TOOL_NOT_INVOKED"),
    ("empty", "SEARCH_EMPTY"),
    ("uncited", "NO_CITATIONS"),
    ("failed", "TOOL_NOT_INVOKED"),
    ("cited_only", "CITATIONS_WITHOUT_SEARCH"),
];

#[tokio::test]
async fn every_reason_can_be_met_at_google_too() {
    let world = World::new("{}").await;
    let work = world.process.work();
    for provider in ["gemini", "vertex"] {
        let google = Asked { provider, model: FLASH };
        for (search, why) in WITHOUT_EVIDENCE_GOOGLE {
            world.play(&format!(r#"{{"rules":[{{"then":{{"search":"{search}"}}}}]}}"#));
            let run = world.process.run_for(google, "", "REQUIRED").await;
            let end = world.process.ended(run).await.row.end.unwrap();
            assert_eq!(end.error_code, Some(ErrorCode::GroundingMissing), "{provider} {search}");
            assert_eq!(end.why_not_grounded.as_deref(), Some(why), "{provider} {search}");
            assert_eq!(
                end.search_performed,
                Some(matches!(search, "empty" | "uncited")),
                "{provider} {search}"
            );
        }
    }
    work.stop().await;
}

#[tokio::test]
async fn required_without_evidence_fails_closed_and_keeps_the_output() {
    let world = World::new("{}").await;
    let work = world.process.work();
    for (search, why) in WITHOUT_EVIDENCE {
        let scenario = format!(r#"{{"rules":[{{"then":{{"search":"{search}"}}}}]}}"#);
        let (view, attempts) = asked(&world, &scenario, "", "REQUIRED").await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((view.row.status, end.error_code), (RunStatus::Failed, Some(ErrorCode::GroundingMissing)));
        assert_eq!((end.grounded_effective, end.why_not_grounded.as_deref()), (Some(false), Some(why)));
        assert_eq!(end.search_performed, Some(matches!(search, "empty" | "uncited")), "{search}");
        let output = view.output.as_ref().unwrap();
        assert!(output.output.as_ref().is_some_and(|text| !text.is_empty()), "{search}");
        assert!(end.response_output_sha256.is_some());
        assert_eq!((attempts.len(), view.row.retry_index), (1, 0));
    }
    let (view, _) = asked(&world, "{}", "", "REQUIRED").await;
    let end = view.row.end.as_ref().unwrap();
    assert_eq!((view.row.status, end.grounded_effective), (RunStatus::Succeeded, Some(true)));
    assert!(!view.output.unwrap().citations.is_empty());
    work.stop().await;
}

#[tokio::test]
async fn preferred_without_evidence_succeeds_and_says_why() {
    let world = World::new("{}").await;
    let work = world.process.work();
    for (search, why) in WITHOUT_EVIDENCE {
        let scenario = format!(r#"{{"rules":[{{"then":{{"search":"{search}"}}}}]}}"#);
        let (view, _) = asked(&world, &scenario, "", "PREFERRED").await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((view.row.status, end.error_code), (RunStatus::Succeeded, None), "{search}");
        assert_eq!((end.grounded_effective, end.why_not_grounded.as_deref()), (Some(false), Some(why)));
        assert_eq!(provoker(&view), Json::Null);
    }
    let (view, attempts) = asked(&world, "{}", PROVOKED, "UNGROUNDED").await;
    let end = view.row.end.unwrap();
    assert_eq!(end.why_not_grounded.as_deref(), Some("MODE_UNGROUNDED"));
    assert_eq!(attempts[0].exchanges.len(), 1, "no search, no provoker");
    work.stop().await;
}

fn purposes(attempts: &[AttemptRow]) -> Vec<&str> {
    assert_eq!(attempts.len(), 1, "both tries are one attempt");
    attempts[0].exchanges.iter().map(|exchange| exchange.purpose.as_str()).collect()
}

/// The provoked try under a rule of its own; the first brings no evidence.
fn provoked(then: &str) -> String {
    format!(
        r#"{{"rules":[{{"when":{{"input_contains":"{PROVOKER}"}},"then":{then}}},{{"then":{{"search":"unused"}}}}]}}"#
    )
}

#[tokio::test]
async fn the_provoked_answer_is_the_result_evidence_or_not() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        ("used", RunStatus::Succeeded, None, true),
        ("uncited", RunStatus::Failed, Some(ErrorCode::GroundingMissing), false),
    ];
    for (search, status, code, grounded) in table {
        let scenario = provoked(&format!(r#"{{"search":"{search}"}}"#));
        let (view, attempts) = asked(&world, &scenario, PROVOKED, "REQUIRED").await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((view.row.status, end.error_code), (status, code), "{search}");
        assert_eq!((end.search_performed, end.grounded_effective), (Some(true), Some(grounded)));
        assert_eq!(provoker(&view), Json::from(PROVOKER.to_owned()), "{search}");
        assert_eq!(purposes(&attempts), ["answer", "provoker"]);
        let second = String::from_utf8(attempts[0].exchanges[1].request_body.clone()).unwrap();
        assert!(second.contains(PROVOKER), "{second}");
    }
    let calls = world.simulator.calls(0, 2);
    assert_ne!(calls[0].client_request_id, calls[1].client_request_id);
    work.stop().await;
}

#[tokio::test]
async fn a_provoked_try_that_brings_no_answer_leaves_the_first() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let thens = [
        r#"{"fault":{"error":{"status":500}}}"#,
        r#"{"fault":{"quota":{}}}"#,
        r#"{"answer":"refusal"}"#,
        r#"{"answer":"incomplete","search":"used"}"#,
        r#"{"answer":"empty"}"#,
    ];
    for then in thens {
        let (view, attempts) = asked(&world, &provoked(then), PROVOKED, "PREFERRED").await;
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((view.row.status, view.row.retry_index), (RunStatus::Succeeded, 0), "{then}");
        assert_eq!(end.why_not_grounded.as_deref(), Some("TOOL_NOT_INVOKED"), "{then}");
        assert_eq!(provoker(&view), Json::Null, "{then}");
        assert_eq!(purposes(&attempts), ["answer", "provoker"], "{then}");
        let (view, _) = asked(&world, &provoked(then), PROVOKED, "REQUIRED").await;
        assert_eq!(view.row.end.unwrap().error_code, Some(ErrorCode::GroundingMissing), "{then}");
    }
    work.stop().await;
}

#[tokio::test]
async fn evidence_or_an_answer_that_did_not_end_calls_for_no_provoker() {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        (r#"{"search":"used"}"#, None),
        (r#"{"search":"unused","answer":"refusal"}"#, Some(ErrorCode::ProviderRefused)),
        (r#"{"search":"unused","answer":"incomplete"}"#, Some(ErrorCode::OutputIncomplete)),
    ];
    for (then, code) in table {
        let scenario = format!(r#"{{"rules":[{{"then":{then}}}]}}"#);
        let (view, attempts) = asked(&world, &scenario, PROVOKED, "PREFERRED").await;
        assert_eq!(view.row.end.as_ref().unwrap().error_code, code, "{then}");
        assert_eq!(purposes(&attempts), ["answer"], "{then}");
        assert_eq!(provoker(&view), Json::Null, "{then}");
    }
    work.stop().await;
}
