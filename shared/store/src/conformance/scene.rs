//! Steps that cases share: what has to stand in the database before the case begins.

use stet_domain::Provider;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, ResumeLock};
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, OrgId, RunId, TemplateId};

use super::sample::{
    Sample, at, canary_look, control, org, preflight_end, resume_request, sealed_lock, worker,
};
use crate::{ClaimedRun, LastLives, NewBatch, RunView, ScheduleRow, Store, StoreError, TemplateRow, Wanted};

/// A lease that outlasts every case.
pub const LONG_SECONDS: u32 = 3600;

/// A lease that is over when it begins.
pub const OVER_SECONDS: u32 = 0;

/// A database, an org in it, and a source of rows.
pub struct Scene<'b> {
    /// The engine.
    pub store: &'b dyn Store,
    /// The org that acts.
    pub org: OrgId,
    /// Where rows come from.
    pub sample: Sample,
}

impl<'b> Scene<'b> {
    /// A scene in the org `acme`.
    pub async fn open(store: &'b dyn Store) -> Result<Self, StoreError> {
        let org = org("acme");
        store.ensure_org(&org, at(0)).await?;
        Ok(Self { store, org, sample: Sample::default() })
    }

    /// A second org in the same database acts from now on.
    pub async fn act_as(&mut self, name: &str) -> Result<(), StoreError> {
        self.org = org(name);
        self.store.ensure_org(&self.org, at(0)).await
    }

    /// A template that stands.
    pub async fn template(&mut self) -> Result<TemplateRow, StoreError> {
        let row = self.sample.template(&self.org);
        let mut tx = self.store.begin(&self.org).await?;
        tx.insert_template(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// A batch that stands, in preflight.
    pub async fn new_batch(
        &mut self,
        template: &TemplateRow,
        replicates: u32,
    ) -> Result<NewBatch, StoreError> {
        let batch = self.sample.batch(template, replicates);
        self.insert(&batch).await?;
        Ok(batch)
    }

    /// An hourly schedule that stands, next due at that moment.
    pub async fn schedule(
        &mut self,
        template: &TemplateId,
        next_due_at: Timestamp,
    ) -> Result<ScheduleRow, StoreError> {
        let row = self.sample.schedule(&self.org, *template, next_due_at);
        let mut tx = self.store.begin(&self.org).await?;
        tx.insert_schedule(&row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Writes a batch.
    pub async fn insert(&self, batch: &NewBatch) -> Result<(), StoreError> {
        let mut tx = self.store.begin(&self.org).await?;
        tx.insert_batch(batch).await?;
        tx.commit().await
    }

    /// Takes a batch through preflight, to lock epoch 1.
    pub async fn start(&self, id: BatchId) -> Result<(), StoreError> {
        let mut tx = self.store.begin(&self.org).await?;
        let claim = tx.claim_preflight(id, &worker("preflight"), LONG_SECONDS).await?;
        let fence = claim.expect("a new batch is due for preflight").fence;
        let to = control(BatchStatus::Running);
        let (lock, end) = (sealed_lock(1, fence), preflight_end(AttemptOutcome::Recorded));
        assert!(tx.finish_preflight(id, fence, &to, Some(&lock), &end).await?);
        tx.insert_canary_look(id, &canary_look(1, fence)).await?;
        tx.commit().await
    }

    /// Takes a running batch to a new lock epoch: paused, resumed and looked at.
    pub async fn take_epoch(&self, id: BatchId, epoch: i64) -> Result<(), StoreError> {
        assert!(self.set(id, BatchStatus::Running, BatchStatus::Paused).await?);
        let mut tx = self.store.begin(&self.org).await?;
        assert!(tx.request_resume(id, &resume_request(ResumeLock::New)).await?);
        let claim = tx.claim_preflight(id, &worker("preflight"), LONG_SECONDS).await?;
        let fence = claim.expect("a wish is due at once").fence;
        let mut to = control(BatchStatus::Running);
        to.lock_epoch = Some(epoch);
        let (lock, end) = (sealed_lock(epoch, fence), preflight_end(AttemptOutcome::Recorded));
        assert!(tx.finish_preflight(id, fence, &to, Some(&lock), &end).await?);
        tx.commit().await
    }

    /// A batch of `4 * replicates` cells that runs, and the ids of its runs.
    pub async fn running(&mut self, replicates: u32) -> Result<(NewBatch, Vec<RunId>), StoreError> {
        let template = self.template().await?;
        let batch = self.new_batch(&template, replicates).await?;
        self.start(batch.row.id).await?;
        let ids = run_ids(&batch);
        Ok((batch, ids))
    }

    /// A single run that stands.
    pub async fn single(&mut self, template: &TemplateRow) -> Result<RunId, StoreError> {
        let run = self.sample.single(template);
        let mut tx = self.store.begin(&self.org).await?;
        tx.insert_single_run(&run).await?;
        tx.commit().await?;
        Ok(run.id)
    }

    /// Runs of any provider that may be claimed now.
    pub async fn due_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        let offered = self.store.offered_runs(&Wanted::all(limit)).await?;
        Ok(offered.into_iter().map(|run| (run.org, run.id)).collect())
    }

    /// Batches of any provider whose preflight or resume is due.
    pub async fn due_preflights(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        let offered = self.store.offered_preflights(&Wanted::all(limit)).await?;
        Ok(offered.into_iter().map(|preflight| (preflight.org, preflight.batch)).collect())
    }

    /// When the next of them is due; `None` where nothing waits.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_offer(Provider::ALL).await
    }

    /// Claims runs.
    pub async fn claim(&self, ids: &[RunId], lease_seconds: u32) -> Result<Vec<ClaimedRun>, StoreError> {
        let mut tx = self.store.begin(&self.org).await?;
        let claimed = tx.claim_runs(ids, &worker("a"), lease_seconds, LastLives::ANY).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// Claims runs and records a success of each.
    pub async fn finish(&mut self, ids: &[RunId]) -> Result<(), StoreError> {
        let claimed = self.claim(ids, LONG_SECONDS).await?;
        assert_eq!(claimed.len(), ids.len());
        let commits: Vec<_> =
            claimed.iter().map(|claim| self.sample.success(claim.row.id, claim.row.fence)).collect();
        let mut tx = self.store.begin(&self.org).await?;
        let done = tx.commit_runs(&commits).await?;
        assert_eq!(done.written, ids);
        tx.commit().await
    }

    /// Moves a batch.
    pub async fn set(&self, id: BatchId, from: BatchStatus, to: BatchStatus) -> Result<bool, StoreError> {
        let mut tx = self.store.begin(&self.org).await?;
        let moved = tx.set_batch_control(id, from, &control(to)).await?;
        tx.commit().await?;
        Ok(moved)
    }

    /// A run that must be there.
    pub async fn run(&self, id: RunId) -> Result<RunView, StoreError> {
        let run = self.store.read(&self.org).await?.get_run(id).await?;
        Ok(run.expect("the run stands"))
    }
}

/// The runs of a batch, by index.
#[must_use]
pub fn run_ids(batch: &NewBatch) -> Vec<RunId> {
    batch.cells.iter().map(|cell| cell.id).collect()
}
