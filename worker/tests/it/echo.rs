//! What answers echo of the settings in force: the lock has it from the probe, and a cell's may differ (providers.md, "Version, fingerprint, drift").

use stet_domain::batch::BatchStatus;
use stet_domain::drift::DriftKind;
use stet_domain::run::RunStatus;

use crate::fixture::{World, admin, grid};

#[tokio::test]
async fn probe_and_cells_echo_alike_in_every_mode_and_whatever_their_budgets() {
    let world = World::new("{}").await;
    let process = &world.process;
    let work = process.work();
    let fields = r#","generation":{"temperature":0.5,"max_output_tokens":400},"grounding":{"search_context_size":"low"}"#;
    let batch = process.batch(fields, &grid(&["UNGROUNDED", "PREFERRED", "REQUIRED"], 2)).await;
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    let echo = view.locks[0].echo;
    assert!(echo.settings.is_some() && echo.tools.is_some(), "{echo:?}");
    assert!(process.cells(batch).await.iter().all(|run| run.end.as_ref().unwrap().drift_kind.is_none()));
    let ungrounded = process.batch(fields, &grid(&["UNGROUNDED"], 1)).await;
    let view = process.batch_is(ungrounded, BatchStatus::Completed).await;
    assert_eq!((view.locks[0].echo.settings, view.locks[0].echo.tools), (echo.settings, None));
    work.stop().await;
}

#[tokio::test]
async fn a_changed_default_flags_the_run_and_fails_nothing() {
    let scenario = r#"{"rules":[{"when":{"call_from":3},"then":{"top_p":"0.9"}}]}"#;
    let world = World::new(scenario).await;
    let process = &world.process;
    let work = process.work();
    // The drift policy is `hard`: it is for another model, not for other settings.
    let batch = process.batch("", &grid(&["UNGROUNDED"], 3)).await;
    process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(process.count(batch, RunStatus::Succeeded).await, 3);
    let drift = process.ops.get_drift(&admin(), batch).await.unwrap();
    let kinds: Vec<_> = drift.observations.iter().map(|row| (row.drift_kind, row.runs)).collect();
    assert_eq!(kinds, [(None, 1), (Some(DriftKind::EchoChanged), 2)]);
    for run in process.cells(batch).await {
        process.verified(run.id).await;
    }
    work.stop().await;
}
