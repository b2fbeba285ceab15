//! A run outside any batch, and waiting for it.

use std::time::Duration;

use stet_domain::run::RunStatus;
use stet_domain::trace::TraceParent;
use stet_ops::RunSubmission;
use stet_store::RunFilter;

use crate::fixture::{FIRST_PAGE, MODEL, World, admin, json, offences, org, single};

#[tokio::test]
async fn every_offence_of_a_cell_has_its_own_pointer() {
    let world = World::new().await;
    let template = world.template().await;
    let bad = RunSubmission {
        locale: "xx-DE".to_owned(),
        grounding_mode: "NEVER".to_owned(),
        inputs: json(r#"{"who":1}"#),
        trace: None,
    };
    let refused = offences(world.ops.submit_run(&admin(), template, &bad, None).await);
    assert_eq!(
        refused,
        [
            ("/locale".to_owned(), "LOCALE_INVALID"),
            ("/grounding_mode".to_owned(), "VALUE_NOT_ALLOWED"),
            ("/inputs/who".to_owned(), "INPUT_UNDECLARED"),
        ]
    );
    let runs = world.ops.list_runs(&admin(), &RunFilter::of_template(template), FIRST_PAGE).await.unwrap();
    assert!(runs.items.is_empty());
}

#[tokio::test]
async fn who_waits_is_woken_by_the_commit() {
    let world = World::new().await;
    let template = world.template().await;
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let traced = RunSubmission { trace: trace.clone(), ..single() };
    let run = world.ops.submit_run(&admin(), template, &traced, None).await.unwrap().value.row.id;
    assert_eq!(world.rings.take(), [format!("default {run} {}", trace.unwrap())]);
    let unfinished = world.ops.wait_run(&admin(), run, Duration::ZERO).await.unwrap();
    assert_eq!(unfinished.row.status, RunStatus::Pending);

    let ops = world.ops.clone();
    let waiting = tokio::spawn(async move { ops.wait_run(&admin(), run, Duration::from_mins(1)).await });
    let claimed = world.claim_due().await;
    assert_eq!(claimed.len(), 1);
    assert_eq!((claimed[0].batch_sha256, claimed[0].inputs.as_slice()), (None, &br#"{"what":"tax"}"#[..]));
    let result = world.result(&claimed[0], MODEL, "19 %").await;
    let commit = world.ops.seal_run(&claimed[0], result).unwrap();
    world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    let ended = waiting.await.unwrap().unwrap();
    assert_eq!(ended.row.status, RunStatus::Succeeded);
    assert_eq!(ended.output.unwrap().output.as_deref(), Some("19 %".as_bytes()));
    let verified = world.ops.verify_run(&admin(), run).await.unwrap();
    assert_eq!(verified.disagreement, None);
    assert!(verified.sha256.is_some());
}

#[tokio::test]
async fn a_single_run_that_was_answered_by_another_version_fails() {
    let world = World::new().await;
    let template = world.template().await;
    let run = world.ops.submit_run(&admin(), template, &single(), None).await.unwrap().value.row.id;
    let claimed = world.claim_due().await;
    let result = world.result(&claimed[0], "gpt-4o-2024-11-20", "19 %").await;
    let commit = world.ops.seal_run(&claimed[0], result).unwrap();
    world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    let view = world.ops.get_run(&admin(), run).await.unwrap();
    assert_eq!(view.row.status, RunStatus::Failed);
    assert_eq!(view.row.end.unwrap().error_code.unwrap().as_str(), "MODEL_VERSION_MISMATCH");
    assert!(world.ops.verify_run(&admin(), run).await.unwrap().is_intact());
}
