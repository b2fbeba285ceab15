//! What dead processes left behind (reliability.md rule 6).

use std::collections::{BTreeMap, BTreeSet};

use stet_domain::ids::{BatchId, Incarnation, OrgId, RunId};
use stet_store::{CommitRow, Patience, SweptRuns};

use super::EXECUTOR_PATIENCE;
use super::commit_runs::write_commits;
use crate::template::{required_template, typed};
use crate::{OpError, Ops};

/// Runs and batches that one sweep takes up at most; what is left over is the next one's.
const SWEEP_LIMIT: u32 = 500;

/// What a sweep did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Runs whose lease had expired, back to `pending`.
    pub reclaimed: u64,
    /// Runs that failed with POISON.
    pub poisoned: Vec<RunId>,
    /// Batches whose completion had been lost.
    pub completed: Vec<BatchId>,
    /// Whether a bound was reached: sweep again at once.
    pub more: bool,
}

impl Ops {
    /// Takes back expired leases, ends what crashed too often, and completes batches whose completion was lost.
    ///
    /// # Errors
    /// [`OpError::Store`]; what was swept before the failure stays swept.
    pub async fn sweep(&self, worker: &Incarnation) -> Result<Swept, OpError> {
        let mut swept = Swept::default();
        let mut failures = Vec::new();
        let expired = self.store().expired_runs(SWEEP_LIMIT).await?;
        let runs_at_bound = at_bound(expired.len());
        for (org, ids) in by_org(expired) {
            // One org's rows may be held or spoilt; where a second fails it is the database.
            if failures.len() < 2
                && let Err(error) =
                    Patience::bounded(EXECUTOR_PATIENCE, self.sweep_org(&org, &ids, worker, &mut swept)).await
            {
                failures.push(error);
            }
        }
        let finished = self.store().finished_batches(SWEEP_LIMIT).await?;
        let batches_at_bound = at_bound(finished.len());
        for (org, ids) in by_org(finished) {
            if failures.len() < 2
                && let Err(error) =
                    Patience::bounded(EXECUTOR_PATIENCE, self.complete(&org, &ids, &mut swept)).await
            {
                failures.push(error);
            }
        }
        // Where a bound was reached and nothing came of it others hold the rows: the next sweep looks again.
        let runs_ended = swept.reclaimed > 0 || !swept.poisoned.is_empty();
        swept.more = (runs_at_bound && runs_ended) || (batches_at_bound && !swept.completed.is_empty());
        failures.pop().map_or(Ok(swept), Err)
    }

    async fn sweep_org(
        &self,
        org: &OrgId,
        ids: &[RunId],
        worker: &Incarnation,
        swept: &mut Swept,
    ) -> Result<(), OpError> {
        let SweptRuns { reclaimed, poisoned } = self.reclaim(org, ids).await?;
        swept.reclaimed += reclaimed.len() as u64;
        if !poisoned.is_empty() {
            swept.poisoned.extend(self.poison(org, &poisoned, worker).await?);
        }
        Ok(())
    }

    async fn complete(&self, org: &OrgId, ids: &[BatchId], swept: &mut Swept) -> Result<(), OpError> {
        let mut tx = self.store().begin(org).await?;
        let completed = tx.complete_batches(ids, self.parts.clock.now()).await?;
        tx.commit().await?;
        swept.completed.extend(completed);
        Ok(())
    }

    /// Sends expired runs back, but for those that have crashed too often for it.
    async fn reclaim(&self, org: &OrgId, ids: &[RunId]) -> Result<SweptRuns, OpError> {
        let settings = &self.parts.settings;
        let mut tx = self.store().begin(org).await?;
        let swept = tx.sweep_runs(ids, settings.crash_limit).await?;
        tx.commit().await?;
        Ok(swept)
    }

    /// Ends runs that were lost with their process too often.
    async fn poison(&self, org: &OrgId, ids: &[RunId], worker: &Incarnation) -> Result<Vec<RunId>, OpError> {
        let settings = &self.parts.settings;
        let mut tx = self.store().begin(org).await?;
        let claimed = tx.claim_poisoned(ids, worker, settings.crash_limit, settings.lease_seconds).await?;
        let mut templates = BTreeMap::new();
        for id in claimed.iter().map(|run| run.row.template).collect::<BTreeSet<_>>() {
            let row = required_template(&mut *tx, id).await?;
            let template = typed(&row)?;
            templates.insert(id, (row.template_sha256, template));
        }
        let mut commits: Vec<CommitRow> = Vec::with_capacity(claimed.len());
        for run in &claimed {
            let (template_sha256, template) = &templates[&run.row.template];
            commits.push(self.poisoned(*template_sha256, template, run)?);
        }
        let done = write_commits(self, &mut *tx, &commits).await?;
        tx.commit().await?;
        self.waiters.ring(&done.written);
        Ok(done.written)
    }
}

fn at_bound(taken: usize) -> bool {
    taken >= SWEEP_LIMIT as usize
}

fn by_org<T>(pairs: Vec<(OrgId, T)>) -> BTreeMap<OrgId, Vec<T>> {
    let mut grouped: BTreeMap<OrgId, Vec<T>> = BTreeMap::new();
    for (org, id) in pairs {
        grouped.entry(org).or_default().push(id);
    }
    grouped
}
