//! What the database itself refuses, whoever asks (system.md, "Immutability and integrity").

use super::Bed;
use super::sample::{at, fired};
use super::scene::{LONG_SECONDS, Scene};
use crate::StoreError;

/// Statements that would change what was written for good.
const FORBIDDEN: [&str; 38] = [
    "UPDATE templates SET name = 'x'",
    "UPDATE templates SET canonical = canonical",
    "DELETE FROM templates",
    "UPDATE batches SET replicates = 9",
    "DELETE FROM batches",
    "UPDATE lock_epochs SET model_version = 'x'",
    "DELETE FROM lock_epochs",
    "DELETE FROM batch_controls",
    "UPDATE runs SET error_detail = 'x' WHERE status = 'succeeded'",
    "UPDATE runs SET status = 'pending', finished_at_us = NULL WHERE status = 'succeeded'",
    "UPDATE runs SET status = 'failed' WHERE status = 'succeeded'",
    "UPDATE runs SET available_at_us = 0 WHERE status = 'succeeded'",
    "UPDATE runs SET fence = fence + 1 WHERE status = 'succeeded'",
    "DELETE FROM runs WHERE status = 'succeeded'",
    "DELETE FROM runs WHERE status = 'pending'",
    "UPDATE runs SET locale = 'xx-XX' WHERE status = 'pending'",
    "UPDATE runs SET batch_run_index = batch_run_index + 100 WHERE status = 'pending'",
    "UPDATE run_outputs SET output = NULL",
    "DELETE FROM run_outputs",
    "UPDATE citations SET url = 'x'",
    "DELETE FROM citations",
    "UPDATE attempts SET error_detail = 'x' WHERE outcome IS NOT NULL",
    "UPDATE attempts SET worker = 'x' WHERE outcome IS NULL",
    "DELETE FROM attempts",
    "UPDATE exchanges SET latency_ms = 0",
    "DELETE FROM exchanges",
    "UPDATE attempts SET outcome = 'lost' WHERE outcome = 'recorded'",
    "UPDATE preflight_attempts SET outcome = 'lost' WHERE outcome = 'recorded'",
    "UPDATE preflight_attempts SET worker = 'x'",
    "DELETE FROM preflight_attempts",
    "UPDATE preflight_exchanges SET latency_ms = 0",
    "DELETE FROM preflight_exchanges",
    "UPDATE canary_looks SET outcomes = outcomes",
    "DELETE FROM canary_looks",
    "UPDATE schedules SET cron = '* * * * *'",
    "DELETE FROM schedules",
    "UPDATE schedule_fires SET outcome = 'missed', batch_id = NULL",
    "DELETE FROM schedule_fires",
];

/// Steps that the state machines do not have.
const ILLEGAL: [&str; 7] = [
    "UPDATE runs SET status = 'failed', finished_at_us = 1, run_sha256 = inputs_sha256, record_hmac = inputs_sha256,
        record_key_id = 'r1' WHERE status = 'pending'",
    "UPDATE runs SET status = 'queued', lease_until_us = NULL WHERE status = 'running'",
    "UPDATE runs SET status = 'gone' WHERE status = 'pending'",
    "UPDATE runs SET lease_until_us = NULL WHERE status = 'running'",
    "UPDATE runs SET fence = fence - 1 WHERE status = 'running'",
    "UPDATE batch_controls SET status = 'preflight' WHERE status = 'running'",
    "UPDATE batch_controls SET status = 'paused' WHERE status = 'running'",
];

async fn stage(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let (batch, ids) = scene.running(1).await?;
    scene.finish(&ids[..1]).await?;
    scene.claim(&ids[1..2], LONG_SECONDS).await?;
    let schedule = scene.schedule(&batch.row.template, at(0)).await?;
    let mut tx = scene.store.begin(&scene.org).await?;
    tx.insert_fire(schedule.id, &fired(at(0), batch.row.id)).await?;
    tx.commit().await
}

/// Templates, definitions, locks, terminal runs, outputs, citations, attempts and exchanges never change.
pub async fn what_is_written_stays(bed: &dyn Bed) -> Result<(), StoreError> {
    stage(bed).await?;
    for statement in FORBIDDEN {
        let refused = bed.sql(statement).await;
        assert!(
            refused.as_ref().is_err_and(|message| message.contains("stet: ")),
            "{statement}: {refused:?}"
        );
    }
    assert_eq!(bed.number("SELECT count(*) FROM runs").await, 4);
    assert_eq!(bed.number("SELECT count(*) FROM citations").await, 2);
    Ok(())
}

/// No row is put in the place of one that stands, by whatever means the engine has for that.
pub async fn what_stands_is_not_replaced(bed: &dyn Bed) -> Result<(), StoreError> {
    stage(bed).await?;
    assert!(!bed.replacing().is_empty());
    for statement in bed.replacing() {
        let refused = bed.sql(statement).await;
        assert!(
            refused.as_ref().is_err_and(|message| message.contains("stet: ")),
            "{statement}: {refused:?}"
        );
    }
    assert_eq!(bed.number("SELECT count(*) FROM runs").await, 4);
    assert_eq!(bed.number("SELECT count(*) FROM runs WHERE status = 'succeeded'").await, 1);
    assert_eq!(bed.number("SELECT count(*) FROM citations WHERE ordinal = 99").await, 0);
    Ok(())
}

/// A row cannot be put into a state that no step leads to.
pub async fn illegal_steps_are_refused(bed: &dyn Bed) -> Result<(), StoreError> {
    stage(bed).await?;
    for statement in ILLEGAL {
        assert!(bed.sql(statement).await.is_err(), "{statement}");
    }
    assert_eq!(bed.number("SELECT count(*) FROM runs WHERE status = 'pending'").await, 2);
    assert_eq!(bed.number("SELECT count(*) FROM runs WHERE status = 'running'").await, 1);
    Ok(())
}
