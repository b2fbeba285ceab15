//! The database refuses exactly the steps that the state machines do not have (system.md, "State machines").

use stet_domain::batch::{self, BatchEvent, BatchStatus};
use stet_domain::run::{self, RunEvent, RunStatus};

use super::Bed;
use super::scene::Scene;
use crate::StoreError;

/// Every pair of states of a run, each tried on a cell of its own.
pub async fn runs_take_the_steps_of_their_machine(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    scene.running(13).await?;
    let mut cell = 0;
    for from in RunStatus::ALL.iter().copied() {
        for to in RunStatus::ALL.iter().copied().filter(|to| *to != from) {
            let walk: &[RunStatus] = match from {
                RunStatus::Pending => &[],
                RunStatus::Queued | RunStatus::Running | RunStatus::Cancelled => &[from],
                RunStatus::Succeeded | RunStatus::Failed | RunStatus::Quarantined => {
                    &[RunStatus::Running, from]
                }
            };
            for step in walk {
                assert_eq!(bed.sql(&move_run(cell, *step)).await, Ok(()), "{from} by {step}");
            }
            let taken = bed.sql(&move_run(cell, to)).await;
            let legal =
                RunEvent::ALL.iter().any(|event| run::step(from, *event).is_ok_and(|next| next.state == to));
            assert_eq!(taken.is_ok(), legal, "{from} to {to}: {taken:?}");
            cell += 1;
        }
    }
    assert_eq!(cell, 42);
    Ok(())
}

/// Every pair of states of a batch, each tried on a batch of its own.
pub async fn batches_take_the_steps_of_their_machine(bed: &dyn Bed) -> Result<(), StoreError> {
    let mut scene = Scene::open(bed.store()).await?;
    let template = scene.template().await?;
    for from in BatchStatus::ALL.iter().copied() {
        for to in BatchStatus::ALL.iter().copied().filter(|to| *to != from) {
            let batch = scene.new_batch(&template, 1).await?;
            let id = bed.bytes(&format!("{:032x}", u128::from_be_bytes(batch.row.id.to_bytes())));
            let walk: &[BatchStatus] = match from {
                BatchStatus::Preflight => &[],
                BatchStatus::Running | BatchStatus::Paused | BatchStatus::Cancelled | BatchStatus::Failed => {
                    &[from]
                }
                BatchStatus::Completed => &[BatchStatus::Running, from],
            };
            for step in walk {
                assert_eq!(bed.sql(&move_batch(&id, *step)).await, Ok(()), "{from} by {step}");
            }
            let taken = bed.sql(&move_batch(&id, to)).await;
            let legal = BatchEvent::ALL
                .iter()
                .any(|event| batch::step(from, *event).is_ok_and(|next| next.state == to));
            assert_eq!(taken.is_ok(), legal, "{from} to {to}: {taken:?}");
        }
    }
    Ok(())
}

/// A statement that breaks no rule but, perhaps, the one of the step.
fn move_run(cell: u32, to: RunStatus) -> String {
    let lease = if to == RunStatus::Running { "1" } else { "NULL" };
    let end = if to.is_terminal() { "1" } else { "NULL" };
    let (hash, key) = match to {
        RunStatus::Succeeded | RunStatus::Failed | RunStatus::Quarantined => ("inputs_sha256", "'r1'"),
        RunStatus::Pending | RunStatus::Queued | RunStatus::Running | RunStatus::Cancelled => {
            ("NULL", "NULL")
        }
    };
    format!(
        "UPDATE runs SET status = '{to}', lease_until_us = {lease}, finished_at_us = {end}, run_sha256 = {hash},
            record_hmac = {hash}, record_key_id = {key} WHERE batch_run_index = {cell}"
    )
}

fn move_batch(id: &str, to: BatchStatus) -> String {
    let reason = if to == BatchStatus::Paused { "'operator'" } else { "NULL" };
    format!("UPDATE batch_controls SET status = '{to}', pause_reason = {reason} WHERE batch_id = {id}")
}
