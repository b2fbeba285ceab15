//! How runs in two steps end otherwise than well.

use stet_canon::Json;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason};
use stet_domain::drift::DriftKind;
use stet_domain::run::RunStatus;
use stet_ops::BatchSubmission;
use stet_store::BatchCounters;

use super::{RESHAPING, STRICT, asked, code, fact, first, output, purposes, reshaped, step1_text};
use crate::fixture::{Asked, FLASH, Setup, World, grid};

both_vendors! {
    any_sign_of_a_tool_in_step_2_fails_closed,
    a_step_1_that_did_not_end_well_ends_the_run,
    step_2_is_held_to_what_any_answer_is,
    drift_in_step_2_is_drift,
    a_step_2_that_brings_no_answer_is_tried_again_with_step_1,
    a_step_2_that_fails_for_good_leaves_the_facts_of_step_1,
}

const OTHER: &str = "gemini-2.5-flash-002";

/// What step 2 must not show.
const SIGNS: [&str; 7] = [
    r#"{"answer":"tool_search"}"#,
    r#"{"answer":"tool_search","search":"used"}"#,
    r#"{"answer":"tool_search","search":"uncited"}"#,
    r#"{"answer":"tool_search","search":"failed"}"#,
    r#"{"answer":"tool_search","search":"cited_only"}"#,
    r#"{"answer":"tool_function"}"#,
    r#"{"answer":"tool_code"}"#,
];

async fn any_sign_of_a_tool_in_step_2_fails_closed(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    for sign in SIGNS {
        let (view, attempts) = asked(&world, google, &reshaped(sign), STRICT, "REQUIRED").await;
        assert_eq!(code(&view), (RunStatus::Failed, Some("STEP2_TOOLS_INVOKED")), "{sign}");
        assert_eq!(fact(&view, "step2_tools_invoked"), Json::from(true), "{sign}");
        assert!(step1_text(&view).is_some() && output(&view).is_some(), "kept for the operator: {sign}");
        assert_eq!((attempts.len(), purposes(&attempts[0])), (1, vec!["answer", "step2"]), "{sign}");
    }
    world.play(&reshaped(SIGNS[0]));
    let batch = world.process.batch_for(google, STRICT, &grid(&["PREFERRED"], 3)).await;
    let view = world.process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { failed: 3, ..BatchCounters::default() }, "none is pooled");
    work.stop().await;
}

async fn a_step_1_that_did_not_end_well_ends_the_run(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        ("refusal", "PROVIDER_REFUSED"),
        ("prompt_blocked", "PROVIDER_REFUSED"),
        ("incomplete", "OUTPUT_INCOMPLETE"),
        ("empty", "OUTPUT_EMPTY"),
    ];
    for (answer, expected) in table {
        let before = world.calls();
        let scenario = first(&format!(r#"{{"answer":"{answer}"}}"#));
        let (view, attempts) = asked(&world, google, &scenario, STRICT, "PREFERRED").await;
        assert_eq!(code(&view), (RunStatus::Failed, Some(expected)), "{answer}");
        assert_eq!(world.calls(), before + 1, "{answer}: no step 2 is called");
        assert_eq!(purposes(&attempts[0]), ["answer"], "{answer}");
        assert_eq!(fact(&view, "step2_source_ref"), Json::Null, "{answer}");
        assert_eq!(fact(&view, "step2_tools_invoked"), Json::Null, "{answer}");
        assert_eq!(step1_text(&view), None, "{answer}");
    }
    let scenario = r#"{"rules":[{"then":{"search":"unused"}}]}"#;
    let (view, attempts) = asked(&world, google, scenario, STRICT, "REQUIRED").await;
    assert_eq!(code(&view), (RunStatus::Failed, Some("GROUNDING_MISSING")));
    assert_eq!(purposes(&attempts[0]), ["answer"]);
    assert!(output(&view).is_some(), "what came is kept");
    work.stop().await;
}

async fn step_2_is_held_to_what_any_answer_is(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let table = [
        (r#"{"answer":"invalid_json"}"#, "OUTPUT_INVALID_JSON", Some(false)),
        (r#"{"answer":"schema_mismatch"}"#, "OUTPUT_SCHEMA_MISMATCH", Some(false)),
        (r#"{"answer":"refusal"}"#, "PROVIDER_REFUSED", None),
        (r#"{"answer":"empty"}"#, "OUTPUT_EMPTY", None),
        (r#"{"answer":"incomplete"}"#, "OUTPUT_INCOMPLETE", Some(false)),
        (r#"{"model_version":"gemini-2.5-flash-002"}"#, "MODEL_VERSION_MISMATCH", Some(true)),
    ];
    for (then, expected, valid) in table {
        let (view, attempts) = asked(&world, google, &reshaped(then), STRICT, "PREFERRED").await;
        assert_eq!(code(&view), (RunStatus::Failed, Some(expected)), "{then}");
        let end = view.row.end.as_ref().unwrap();
        assert_eq!((end.output_json_valid, end.grounded_effective), (valid, Some(true)), "{then}");
        assert_eq!(fact(&view, "step2_tools_invoked"), Json::from(false), "{then}");
        assert!(step1_text(&view).is_some(), "{then}");
        assert_eq!(purposes(&attempts[0]), ["answer", "step2"], "{then}");
        let version = if expected == "MODEL_VERSION_MISMATCH" { OTHER } else { FLASH };
        assert_eq!(end.model_version_effective.as_deref(), Some(version), "{then}");
    }
    work.stop().await;
}

/// The probe is the first call, a cell has two: the second cell's step 2 is the fifth.
async fn drift_in_step_2_is_drift(google: Asked) {
    let scenario = format!(
        r#"{{"rules":[{{"when":{{"call_from":5,"input_contains":"{RESHAPING}"}},"then":{{"model_version":"{OTHER}"}}}}]}}"#
    );
    for policy in ["hard", "fail", "warn"] {
        let world = World::with(&scenario, Setup { concurrency: 1, ..Setup::default() }).await;
        let process = &world.process;
        let submission = BatchSubmission { drift_policy: policy.to_owned(), ..grid(&["PREFERRED"], 2) };
        let work = process.work();
        let batch = process.batch_for(google, STRICT, &submission).await;
        let status = if policy == "hard" { BatchStatus::Paused } else { BatchStatus::Completed };
        let view = process.batch_is(batch, status).await;
        let cells = process.cells(batch).await;
        let kept =
            cells.iter().find(|run| run.end.as_ref().is_some_and(|end| end.drift_kind.is_some())).unwrap();
        let end = kept.end.as_ref().unwrap();
        assert_eq!(end.drift_kind, Some(DriftKind::VersionChanged), "{policy}");
        assert_eq!(end.model_version_effective.as_deref(), Some(OTHER), "{policy}");
        let expected = match policy {
            "hard" => RunStatus::Quarantined,
            "fail" => RunStatus::Failed,
            _ => RunStatus::Succeeded,
        };
        assert_eq!(kept.status, expected, "{policy}");
        assert_eq!(view.counters.succeeded, if policy == "warn" { 2 } else { 1 }, "{policy}");
        if policy == "hard" {
            assert_eq!(view.control.pause_reason, Some(PauseReason::Drift));
            assert!(view.control.reason.unwrap().contains(OTHER));
        }
        let kept = process.run_now(kept.id).await;
        assert!(output(&kept).is_some() && step1_text(&kept).is_some(), "kept for the operator: {policy}");
        for run in &cells {
            process.verified(run.id).await;
        }
        work.stop().await;
    }
}

async fn a_step_2_that_brings_no_answer_is_tried_again_with_step_1(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let scenario = format!(
        r#"{{"rules":[{{"when":{{"try_to":1,"input_contains":"{RESHAPING}"}},"then":{{"fault":{{"error":{{"status":503}}}}}}}}]}}"#
    );
    let (view, attempts) = asked(&world, google, &scenario, STRICT, "PREFERRED").await;
    assert_eq!((view.row.status, view.row.retry_index), (RunStatus::Succeeded, 1), "{view:?}");
    let ends: Vec<_> = attempts.iter().map(|attempt| (attempt.outcome, purposes(attempt))).collect();
    let both = || vec!["answer", "step2"];
    assert_eq!(ends, [(Some(AttemptOutcome::Retried), both()), (Some(AttemptOutcome::Recorded), both())]);
    work.stop().await;
}

async fn a_step_2_that_fails_for_good_leaves_the_facts_of_step_1(google: Asked) {
    let world = World::new("{}").await;
    let work = world.process.work();
    let (view, attempts) =
        asked(&world, google, &reshaped(r#"{"fault":{"error":{"status":400}}}"#), STRICT, "REQUIRED").await;
    assert_eq!(code(&view), (RunStatus::Failed, Some("PROVIDER_REJECTED")));
    assert_eq!((attempts.len(), purposes(&attempts[0])), (1, vec!["answer", "step2"]));
    let end = view.row.end.as_ref().unwrap();
    assert_eq!((end.grounded_effective, end.output_json_valid), (Some(true), None));
    assert_eq!(end.model_version_effective.as_deref(), Some(FLASH));
    assert_eq!((output(&view), fact(&view, "step2_tools_invoked")), (None, Json::Null));
    assert!(step1_text(&view).is_some() && fact(&view, "step2_source_ref") != Json::Null);
    work.stop().await;
}
