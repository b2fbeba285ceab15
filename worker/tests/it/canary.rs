//! Canary prompts: what is sent at a preflight and at a resume, and what comes of it (providers.md, "Version, fingerprint, drift").

use std::time::Duration;

use stet_canon::Json;
use stet_domain::batch::{BatchStatus, PauseReason, ResumeLock};
use stet_domain::canary::{CanaryAnswer, CanaryShare};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_domain::lock::Listed;
use stet_ops::{CanaryReport, Resume};
use stet_store::BatchCounters;

use crate::fixture::{Asked, FLASH, Process, Setup, World, admin, grid};

const OTHER: &str = "gpt-4o-2026-06-01";
const CANARIES: &str = r#","canary":["Name a colour.","Name a river."]"#;

/// The probe, two canaries and three cells are answered by the locked version, what follows by another.
const AFTER_SIX: &str =
    r#"{"rules":[{"when":{"call_from":7},"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;

fn resume(lock: ResumeLock, accept_version: Option<&str>) -> Resume {
    Resume { lock, accept_version: accept_version.map(str::to_owned), reason: "looked into it".to_owned() }
}

async fn looks(process: &Process, batch: BatchId) -> Vec<CanaryReport> {
    process.ops.get_drift(&admin(), batch).await.unwrap().canary
}

async fn proved(process: &Process, batch: BatchId) {
    assert_eq!(process.ops.verify_batch(&admin(), batch).await.unwrap().disagreement, None);
}

/// What happens to every call with that prompt.
fn canaries(prompt: &str, then: &str) -> String {
    format!(r#"{{"rules":[{{"when":{{"input_contains":"{prompt}"}},"then":{then}}}]}}"#)
}

/// A batch of three cells under a scenario, preflighted and past it.
async fn under(scenario: &str, setup: Setup, status: BatchStatus) -> (World, BatchId) {
    let world = World::with(scenario, setup).await;
    let batch = world.process.batch(CANARIES, &grid(&["UNGROUNDED"], 3)).await;
    let work = world.process.work();
    world.process.batch_is(batch, status).await;
    work.stop().await;
    (world, batch)
}

async fn answers(world: &World, batch: BatchId) -> Vec<CanaryAnswer> {
    let looks = looks(&world.process, batch).await;
    assert_eq!(looks.len(), 1);
    looks[0].outcomes.as_ref().unwrap().0.iter().map(|outcome| outcome.answer).collect()
}

#[tokio::test]
async fn each_prompt_is_sent_at_temperature_0_and_kept() {
    let (world, batch) = under("{}", Setup::default(), BatchStatus::Completed).await;
    let process = &world.process;
    let attempts = process.ops.list_preflight_attempts(&admin(), batch).await.unwrap();
    let purposes: Vec<_> = attempts[0].exchanges.iter().map(|exchange| exchange.purpose.as_str()).collect();
    assert_eq!(purposes, ["probe", "canary", "canary"]);
    for (exchange, prompt) in attempts[0].exchanges[1..].iter().zip(["Name a colour.", "Name a river."]) {
        let body = Json::parse(&exchange.request_body).unwrap();
        let said = body.get("input").unwrap().to_canonical_string();
        assert!(said.contains(prompt), "{said}");
        assert_eq!(body.get("temperature").unwrap().to_canonical_string(), "0");
        assert_eq!(body.get("max_output_tokens").unwrap().to_canonical_string(), "1024");
        assert_eq!((body.get("tools"), body.get("instructions")), (None, None));
    }
    let lock = &process.batch_now(batch).await.locks[0];
    assert!(lock.canary_sha256.is_some());
    assert!(matches!(lock.listed, Some(Listed::Marked(_))), "{:?}", lock.listed);
    assert!(answers(&world, batch).await.iter().all(|answer| matches!(answer, CanaryAnswer::Output(_))));
    assert_eq!(looks(process, batch).await[0].share(), None, "there is nothing to compare with");
    proved(process, batch).await;
}

#[tokio::test]
async fn vendors_of_google_are_looked_at_alike() {
    // The probe, two canaries and a cell are answered by the pinned version, what follows by another.
    let drifts = r#"{"rules":[{"when":{"call_from":5},"then":{"model_version":"gemini-2.5-flash-002"}}]}"#;
    let silent = r#"{"rules":[{"when":{"input_contains":"Name a river."},"then":{"text":"The Elbe."}}]}"#;
    for provider in ["gemini", "vertex"] {
        let world = World::with(drifts, Setup { concurrency: 1, ..Setup::default() }).await;
        let process = &world.process;
        let asked = Asked { provider, model: FLASH };
        let batch = process.batch_for(asked, CANARIES, &grid(&["UNGROUNDED"], 4)).await;
        let work = process.work();
        process.batch_is(batch, BatchStatus::Paused).await;
        world.play(silent);
        process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await.unwrap();
        let view = process.batch_is(batch, BatchStatus::Completed).await;
        assert_eq!((view.counters.succeeded, view.counters.quarantined), (3, 1), "{provider}");
        work.stop().await;
        let seen = looks(process, batch).await;
        assert_eq!(seen[1].share(), Some(CanaryShare { changed: 1, total: 2 }), "{provider}");
        for attempt in process.ops.list_preflight_attempts(&admin(), batch).await.unwrap() {
            assert_eq!(attempt.exchanges.len(), 3, "{provider}");
            for (exchange, prompt) in attempt.exchanges[1..].iter().zip(["Name a colour.", "Name a river."]) {
                let body = Json::parse(&exchange.request_body).unwrap();
                let said = |name: &str| body.get(name).unwrap().to_canonical_string();
                assert!(said("contents").contains(prompt), "{provider}");
                assert_eq!(
                    said("generationConfig"),
                    r#"{"maxOutputTokens":1024,"temperature":0}"#,
                    "{provider}"
                );
                assert_eq!((body.get("tools"), body.get("systemInstruction")), (None, None), "{provider}");
            }
        }
        proved(process, batch).await;
    }
}

#[tokio::test]
async fn a_resume_compares_and_never_judges() {
    let world = World::with(AFTER_SIX, Setup { concurrency: 1, ..Setup::default() }).await;
    let process = &world.process;
    let batch = process.batch(CANARIES, &grid(&["UNGROUNDED"], 9)).await;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    // The model of the same name says something else to one of the prompts; three cells later it is another one again.
    let silent = r#"{"rules":[{"when":{"input_contains":"Name a river."},"then":{"text":"The Elbe."}},
        {"when":{"call_from":14},"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#;
    world.play(silent);
    assert_eq!(world.calls(), 7);
    process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await.unwrap();
    process.batch_is(batch, BatchStatus::Paused).await;
    let seen = looks(process, batch).await;
    assert_eq!((seen.len(), seen[1].lock_epoch), (2, 1));
    assert_eq!(seen[1].share(), Some(CanaryShare { changed: 1, total: 2 }));
    assert_eq!(seen[1].baseline.as_ref().unwrap().lock_epoch, 1);
    proved(process, batch).await;

    world.play(r#"{"rules":[{"then":{"model_version":"gpt-4o-2026-06-01"}}]}"#);
    process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::New, Some(OTHER))).await.unwrap();
    let view = process.batch_is(batch, BatchStatus::Completed).await;
    assert_eq!(view.counters, BatchCounters { succeeded: 7, quarantined: 2, ..BatchCounters::default() });
    let seen = looks(process, batch).await;
    assert_eq!((seen.len(), seen[2].lock_epoch), (3, 2));
    // As simulated the words hang on the request alone, so that the other version says what the first one did.
    assert_eq!(seen[2].share(), Some(CanaryShare { changed: 0, total: 2 }));
    assert_eq!(view.locks[1].canary_sha256, view.locks[0].canary_sha256);
    assert_eq!(view.canary_looks.len(), 3);
    proved(process, batch).await;
    work.stop().await;
    // The look of the first resume, which opened no epoch, is missed like any other.
    let second = view.canary_looks[1].preflight_fence.0;
    let removed = format!("DELETE FROM canary_looks WHERE preflight_fence = {second}");
    assert_eq!(world.database.tamper(&removed).await, 1);
    let found = process.ops.verify_batch(&admin(), batch).await.unwrap().disagreement.unwrap();
    assert_eq!(
        (found.code, found.field.into_owned()),
        (ErrorCode::RecordMissing, format!("canary_looks/{second}"))
    );
}

#[tokio::test]
async fn a_refused_resume_sends_no_canary() {
    let world = World::with(AFTER_SIX, Setup { concurrency: 1, ..Setup::default() }).await;
    let process = &world.process;
    let batch = process.batch(CANARIES, &grid(&["UNGROUNDED"], 9)).await;
    let work = process.work();
    process.batch_is(batch, BatchStatus::Paused).await;
    let before = world.calls();
    assert!(process.ops.resume_batch(&admin(), batch, &resume(ResumeLock::Same, None)).await.is_err());
    assert_eq!((world.calls() - before, looks(process, batch).await.len()), (1, 1));
    work.stop().await;
}

#[tokio::test]
async fn a_canary_that_is_not_answered_fails_nothing_and_is_recorded() {
    let table = [
        (r#"{"fault":{"error":{"status":400}}}"#, ErrorCode::ProviderRejected, 1),
        (r#"{"fault":{"error":{"status":500}}}"#, ErrorCode::ProviderServerError, 2),
        (r#"{"answer":"refusal"}"#, ErrorCode::ProviderRefused, 1),
        (r#"{"answer":"empty"}"#, ErrorCode::OutputEmpty, 1),
        (r#"{"model_version":"gpt-4o-2026-06-01"}"#, ErrorCode::ModelVersionMismatch, 1),
    ];
    for (then, code, attempts) in table {
        let scenario = canaries("Name a river.", then);
        let (world, batch) = under(&scenario, Setup::default(), BatchStatus::Completed).await;
        let answers = answers(&world, batch).await;
        assert!(matches!(answers[0], CanaryAnswer::Output(_)), "{then}");
        assert_eq!(answers[1], CanaryAnswer::Failed(code), "{then}");
        let view = world.process.batch_now(batch).await;
        assert_eq!((view.control.preflight_attempts, view.counters.succeeded), (attempts, 3), "{then}");
        proved(&world.process, batch).await;
    }
}

#[tokio::test]
async fn an_account_without_credit_pauses_the_batch_at_a_canary_as_at_the_probe() {
    let scenario = canaries("Name a colour.", r#"{"fault":{"quota":{}}}"#);
    let (world, batch) = under(&scenario, Setup::default(), BatchStatus::Paused).await;
    let view = world.process.batch_now(batch).await;
    assert_eq!(view.control.pause_reason, Some(PauseReason::ProviderOutage));
    assert_eq!((view.locks.len(), view.canary_looks.len(), view.counters.pending), (0, 0, 3));
    proved(&world.process, batch).await;
}

#[tokio::test]
async fn a_silent_canary_is_given_up_before_the_claim_ends() {
    let scenario = canaries("Name a river.", r#"{"fault":"hang"}"#);
    let setup = Setup { lease_seconds: 6, grace: Duration::from_secs(5), ..Setup::default() };
    let (world, batch) = under(&scenario, setup, BatchStatus::Completed).await;
    assert_eq!(answers(&world, batch).await[1], CanaryAnswer::Failed(ErrorCode::ProviderTimeout));
    let view = world.process.batch_now(batch).await;
    assert_eq!((view.control.preflight_attempts, view.counters.succeeded), (1, 3));
    proved(&world.process, batch).await;
}
