//! Results, recorded.

use std::collections::{BTreeMap, BTreeSet};

use stet_domain::batch::BatchEvent;
use stet_domain::ids::{BatchId, OrgId};
use stet_domain::run::RunStatus;
use stet_store::{CommitRow, Commits, Tx};

use super::pause::pause_batch;
use crate::{OpError, Ops};

impl Ops {
    /// Records results under their fences with attempts and counters; a quarantined one pauses its batch, and batches left without an open
    /// cell are completed: all in one transaction (reliability.md rule 4; system.md, "A batch" 5 and 7). Repeating a commit whose answer was lost is safe.
    ///
    /// # Errors
    /// [`OpError::Store`]: nothing was written.
    pub async fn commit_runs(&self, org: &OrgId, commits: &[CommitRow]) -> Result<Commits, OpError> {
        if commits.is_empty() {
            return Ok(Commits::default());
        }
        let mut tx = self.store().begin(org).await?;
        let done = write_commits(self, &mut *tx, commits).await?;
        tx.commit().await?;
        self.waiters.ring(&done.written);
        Ok(done)
    }
}

/// The body of a commit, for those that have a transaction open.
pub(super) async fn write_commits(
    ops: &Ops,
    tx: &mut dyn Tx,
    commits: &[CommitRow],
) -> Result<Commits, OpError> {
    let done = tx.commit_runs(commits).await?;
    // In the order of their ids, which is everybody's: two that lock batches in turn would else meet crosswise.
    let mut drifted: BTreeMap<BatchId, String> = BTreeMap::new();
    for commit in commits.iter().filter(|commit| commit.status == RunStatus::Quarantined) {
        // What was written before has paused its batch before: an operator may have decided on it since.
        let is_new = done.written.contains(&commit.run) && !done.recognised.contains(&commit.run);
        if let (Some(batch), true) = (commit.batch, is_new) {
            drifted.entry(batch).or_insert_with(|| drift_reason(commit));
        }
    }
    for (batch, reason) in drifted {
        pause_batch(ops, tx, batch, BatchEvent::Drift, reason).await?;
    }
    let touched: BTreeSet<BatchId> = commits.iter().filter_map(|commit| commit.batch).collect();
    if !touched.is_empty() {
        let touched: Vec<BatchId> = touched.into_iter().collect();
        tx.complete_batches(&touched, ops.parts.clock.now()).await?;
    }
    Ok(done)
}

/// What the pause says: the run, the kind of drift and what was seen; the lock beside it is the batch's.
fn drift_reason(row: &CommitRow) -> String {
    let kind = row.end.drift_kind.map_or("drift", |kind| kind.as_str());
    let version = row.end.model_version_effective.as_deref().unwrap_or("none");
    let fingerprint = row.end.model_fingerprint.as_deref().unwrap_or("not offered");
    format!("{kind}: {} was answered by version {version}, fingerprint {fingerprint}", row.run)
}
