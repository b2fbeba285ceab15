//! What the proof of a batch finds.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use stet_domain::code::ErrorCode;
use stet_domain::ids::BatchId;
use stet_ops::rows::CommitRow;

use crate::fixture::{MODEL, World, admin, org};

/// A batch with five cells ended and three running.
async fn batch(world: &World) -> BatchId {
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let mut commits: Vec<CommitRow> = Vec::new();
    for run in &claimed[..5] {
        let result = world.result(run, MODEL, "19 %").await;
        commits.push(world.ops.seal_run(run, result).unwrap());
    }
    world.ops.commit_runs(&org("default"), &commits).await.unwrap();
    batch
}

/// Changes rows as somebody would who has the file.
async fn tamper(world: &World, statements: &[&'static str]) {
    let options = SqliteConnectOptions::new().filename(world.database.path()).foreign_keys(false);
    let mut connection = options.connect().await.unwrap();
    for statement in statements {
        let done = sqlx::query(*statement).execute(&mut connection).await.unwrap();
        assert!(statement.starts_with("DROP") || done.rows_affected() > 0, "{statement} changed nothing");
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_batch_holds_while_it_runs_and_when_it_ended() {
    let world = World::new().await;
    let id = world.running_batch().await;
    assert_eq!(world.ops.verify_batch(&admin(), id).await.unwrap().disagreement, None);
    let world = World::new().await;
    let id = batch(&world).await;
    let verified = world.ops.verify_batch(&admin(), id).await.unwrap();
    assert_eq!(verified.disagreement, None);
    assert_eq!(verified.sha256, Some(world.ops.get_batch(&admin(), id).await.unwrap().row.batch_sha256));
}

/// What is done to the rows, and the field and code that the proof has to name.
type Case = (&'static [&'static str], &'static str, ErrorCode);

const FREE_BATCH: &str = "DROP TRIGGER batches_never_change";
const FREE_LOCK: &str = "DROP TRIGGER lock_epochs_never_change";

const CASES: [Case; 15] = [
    (&[FREE_BATCH, "UPDATE batches SET replicates = 3"], "cells", ErrorCode::HashMismatch),
    (&[FREE_BATCH, "UPDATE batches SET inputs = x'7b7d'"], "inputs_sha256", ErrorCode::HashMismatch),
    (&[FREE_BATCH, "UPDATE batches SET drift_policy = 'warn'"], "batch_sha256", ErrorCode::HashMismatch),
    (&[FREE_BATCH, "UPDATE batches SET plan_sha256 = batch_sha256"], "plan_sha256", ErrorCode::HashMismatch),
    (&[FREE_BATCH, "UPDATE batches SET max_parallel = 5"], "record_hmac", ErrorCode::HmacMismatch),
    (&[FREE_BATCH, "UPDATE batches SET record_hmac = NULL"], "record_hmac", ErrorCode::HashMismatch),
    (
        &[FREE_LOCK, "UPDATE lock_epochs SET model_version = 'x'"],
        "lock_epochs/1/record_hmac",
        ErrorCode::HmacMismatch,
    ),
    (&[FREE_LOCK, "UPDATE lock_epochs SET epoch = 2"], "lock_epochs/1/epoch", ErrorCode::HashMismatch),
    (
        &[
            "DROP TRIGGER preflight_exchanges_never_change",
            "UPDATE preflight_exchanges SET reply_body = x'00'",
        ],
        "lock_epochs/1/exchanges/0/reply_body",
        ErrorCode::HashMismatch,
    ),
    (
        &[
            "DROP TRIGGER lock_epochs_never_vanish",
            "DELETE FROM lock_epochs",
            "UPDATE batch_controls SET lock_epoch = NULL",
        ],
        "lock_epoch",
        ErrorCode::RecordMissing,
    ),
    (
        &["DROP TRIGGER runs_never_vanish", "DELETE FROM runs WHERE batch_run_index = 2"],
        "runs/2",
        ErrorCode::RecordMissing,
    ),
    (
        &["DROP TRIGGER runs_never_vanish", "DELETE FROM runs WHERE batch_run_index = 7"],
        "runs/7",
        ErrorCode::RecordMissing,
    ),
    (
        &[
            "DROP TRIGGER runs_identity_never_changes",
            "UPDATE runs SET locale = 'fr-FR' WHERE status = 'running'",
        ],
        "runs/5/locale",
        ErrorCode::HashMismatch,
    ),
    (
        &[
            "DROP TRIGGER runs_terminal_never_change",
            "DROP TRIGGER runs_step",
            "UPDATE runs SET status = 'failed' WHERE batch_run_index = 1",
        ],
        "counters/succeeded",
        ErrorCode::CounterMismatch,
    ),
    (
        &["UPDATE batch_counters SET succeeded = 4, failed = 1"],
        "counters/succeeded",
        ErrorCode::CounterMismatch,
    ),
];

#[tokio::test]
async fn every_tampered_part_is_named() {
    for (statements, field, code) in CASES {
        let world = World::on_file().await;
        let id = batch(&world).await;
        tamper(&world, statements).await;
        let found = world.ops.verify_batch(&admin(), id).await.unwrap().disagreement;
        let found = found.unwrap_or_else(|| panic!("{statements:?} went unseen"));
        assert_eq!((found.field.as_ref(), found.code), (field, code), "{statements:?}: {}", found.detail);
    }
}
