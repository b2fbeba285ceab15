//! Batches as submitted: planned, judged, written.

use stet_domain::batch::BatchStatus;
use stet_domain::trace::TraceParent;
use stet_ops::{BatchSubmission, OpError};
use stet_store::{BatchCounters, RunFilter};

use crate::fixture::{FIRST_PAGE, World, admin, als_template, grid, json, offences};

#[tokio::test]
async fn a_plan_is_what_the_batch_becomes_and_writes_nothing() {
    let world = World::new().await;
    let template = world.template().await;
    let plan = world.ops.plan_batch(&admin(), template, &grid()).await.unwrap();
    assert_eq!((plan.cells, plan.locales.as_slice()), (8, &["de-DE".to_owned(), "en-GB".to_owned()][..]));
    assert_eq!(plan.first_cells.len(), 8);
    assert_eq!(plan.first_cells[0].locale, "de-DE");
    assert_eq!(plan.first_cells[0].grounding_mode.as_str(), "UNGROUNDED");
    assert_eq!(plan.inputs, br#"{"what":"VAT"}"#, "defaults are filled in");
    assert_eq!(plan.estimated_tokens.output_max, Some(800));
    assert_eq!(plan.lock.model_version, "gpt-4o-2024-08-06");
    assert!(world.ops.list_batches(&admin(), FIRST_PAGE).await.unwrap().items.is_empty());

    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let expecting = BatchSubmission {
        expected_plan_sha256: Some(plan.plan_sha256.to_string()),
        trace: trace.clone(),
        ..grid()
    };
    let done = world.ops.submit_batch(&admin(), template, &expecting, None).await.unwrap();
    let view = done.value;
    assert_eq!((view.row.batch_sha256, view.row.plan_sha256), (plan.batch_sha256, plan.plan_sha256));
    assert_eq!(view.control.status, BatchStatus::Preflight);
    assert_eq!(view.counters, BatchCounters { pending: 8, ..BatchCounters::default() });
    assert_eq!(world.rings.take(), [format!("default {} {}", view.row.id, trace.unwrap())]);
    let filter = RunFilter::of_batch(view.row.id);
    let runs = world.ops.list_runs(&admin(), &filter, FIRST_PAGE).await.unwrap();
    let mut cells: Vec<_> = runs.items.iter().map(|run| run.batch_run_index).collect();
    cells.sort_unstable();
    assert_eq!(cells, (0..8).collect::<Vec<_>>());
}

#[tokio::test]
async fn another_plan_is_refused_before_anything_is_written() {
    let world = World::new().await;
    let template = world.template().await;
    let plan = world.ops.plan_batch(&admin(), template, &grid()).await.unwrap();
    let grown =
        BatchSubmission { replicates: 3, expected_plan_sha256: Some(plan.plan_sha256.to_string()), ..grid() };
    match world.ops.submit_batch(&admin(), template, &grown, None).await {
        Err(OpError::PlanMismatch { expected, actual }) => {
            assert_eq!(expected, plan.plan_sha256);
            assert_ne!(actual, expected);
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(world.ops.list_batches(&admin(), FIRST_PAGE).await.unwrap().items.is_empty());
    assert!(world.rings.take().is_empty(), "nothing was written, nothing is rung");
}

#[tokio::test]
async fn every_offence_of_a_batch_is_told_at_once() {
    let world = World::new().await;
    let template = world.template().await;
    let bad = BatchSubmission {
        locales: vec!["de-DE".to_owned(), "de-ZZ".to_owned()],
        grounding_modes: vec!["SOMETIMES".to_owned()],
        replicates: 0,
        inputs: json(r#"{"what":1,"who":"me"}"#),
        drift_policy: "soft".to_owned(),
        max_parallel: Some(0),
        expected_plan_sha256: Some("ABC".to_owned()),
        trace: None,
    };
    let refused = offences(world.ops.submit_batch(&admin(), template, &bad, None).await);
    for expected in [
        ("/locales/1", "REGION_UNKNOWN"),
        ("/grounding_modes/0", "VALUE_NOT_ALLOWED"),
        ("/replicates", "VALUE_NOT_ALLOWED"),
        ("/inputs/what", "WRONG_TYPE"),
        ("/inputs/who", "INPUT_UNDECLARED"),
        ("/drift_policy", "VALUE_NOT_ALLOWED"),
        ("/max_parallel", "VALUE_NOT_ALLOWED"),
        ("/expected_plan_sha256", "VALUE_NOT_ALLOWED"),
    ] {
        assert!(refused.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {refused:?}");
    }
    assert!(world.ops.list_batches(&admin(), FIRST_PAGE).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn the_limit_counts_cells_and_the_catalogue_its_locales() {
    let world = World::new().await;
    let template = world.template().await;
    let many: Vec<String> =
        ["de-DE", "fr-FR", "it-IT", "en-US", "en-SG"].iter().map(ToString::to_string).collect();
    let all_modes = ["UNGROUNDED", "PREFERRED", "REQUIRED"].iter().map(ToString::to_string).collect();
    let mut locales = many.clone();
    for region in [
        "AT", "BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "LT", "LU", "LV", "MT",
        "NL", "PL", "PT", "RO", "SE", "SI", "SK", "NO", "IS", "CH", "LI", "GB",
    ] {
        locales.push(format!("en-{region}"));
    }
    let wide = BatchSubmission { locales, grounding_modes: all_modes, replicates: 1_000, ..grid() };
    let refused = offences(world.ops.plan_batch(&admin(), template, &wide).await);
    assert_eq!(refused, [(String::new(), "BATCH_TOO_LARGE")], "102,000 cells");

    let als = world.ops.create_template(&admin(), &als_template("t", ""), None).await.unwrap().value.id;
    let lost = BatchSubmission { locales: vec!["sv-FI".to_owned(), "none".to_owned()], ..grid() };
    let refused = offences(world.ops.plan_batch(&admin(), als, &lost).await);
    assert_eq!(refused, [("/locales/0".to_owned(), "ALS_LOCALE_UNKNOWN")]);
}
