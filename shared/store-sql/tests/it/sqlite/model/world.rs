//! The store beside the rules: a step is taken by both, and both must say the same of it.

use proptest::test_runner::TestCaseError;
use sqlx::{AssertSqlSafe, Row as _};
use stet_domain::batch::BatchStatus;
use stet_domain::ids::{BatchId, RunId};
use stet_domain::invariant::Invariant;
use stet_domain::run::RunStatus;
use stet_store::conformance::sample::{Sample, at, control, org, worker};
use stet_store::conformance::scene::{LONG_SECONDS, Scene};
use stet_store::{Check, CheckWindow, CommitRow, ReleaseRow, Rerun, Store as _, TemplateRow, Tx};
use stet_store_sql::{Sqlite, SqliteOptions};
use tempfile::TempDir;
use tokio::sync::Mutex;

use super::rules::{Claim, Rules, asked};
use super::step::Step;

/// Cells of the batch.
pub(super) const CELLS: usize = 4;
/// Crashes that end a run.
pub(super) const CRASH_LIMIT: u32 = 3;
/// Where a database costs no disk, where there is such a place.
const IN_MEMORY: &str = "/dev/shm";

/// A database, in which every sequence has a batch of its own.
pub(super) struct World {
    store: Sqlite,
    template: TemplateRow,
    sample: Mutex<Sample>,
    _folder: TempDir,
}

/// One sequence.
struct Play<'w> {
    scene: Scene<'w>,
    store: &'w Sqlite,
    batch: BatchId,
    rules: Rules,
}

impl World {
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir_in(IN_MEMORY).or_else(|_absent| tempfile::tempdir()).unwrap();
        let path = folder.path().join("stet.db");
        let store = Sqlite::open(path.to_str().unwrap(), &SqliteOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        let mut scene = Scene::open(&store).await.unwrap();
        let template = scene.template().await.unwrap();
        let sample = Mutex::new(scene.sample);
        Self { store, template, sample, _folder: folder }
    }

    /// Takes the steps, one after the other, and looks at the rows after each and at the invariants in the end.
    pub(super) async fn play(&self, steps: &[Step]) -> Result<(), TestCaseError> {
        let mut held = self.sample.lock().await;
        let sample = std::mem::take(&mut *held);
        let mut scene = Scene { store: &self.store, org: org("acme"), sample };
        let batch = scene.new_batch(&self.template, 1).await.unwrap();
        scene.start(batch.row.id).await.unwrap();
        let ids = batch.cells.iter().map(|cell| cell.id).collect();
        let mut play = Play { scene, store: &self.store, batch: batch.row.id, rules: Rules::new(ids) };
        let mut ended = Ok(());
        for step in steps {
            ended = play.take(*step).await;
            if ended.is_ok() {
                ended = play.look().await;
            }
            if ended.is_err() {
                break;
            }
        }
        if ended.is_ok() {
            ended = play.check().await;
        }
        *held = play.scene.sample;
        ended
    }
}

impl Play<'_> {
    async fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Claim { cells } => self.claim(cells).await,
            Step::Renew { claim } => match self.rules.claim(claim) {
                Some(claim) => self.renew(claim).await,
                None => Ok(()),
            },
            Step::Commit { claim, status } => match self.rules.claim(claim) {
                Some(claim) => self.commit(claim, status).await,
                None => Ok(()),
            },
            Step::Retry { claim } => match self.rules.claim(claim) {
                Some(claim) => self.retry(claim).await,
                None => Ok(()),
            },
            Step::Release { claim } => match self.rules.claim(claim) {
                Some(claim) => self.release(claim).await,
                None => Ok(()),
            },
            Step::Expire { cell } => self.expire(cell).await,
            Step::Sweep => self.sweep().await,
            Step::Pause => self.set(&[BatchStatus::Running], BatchStatus::Paused).await,
            Step::Resume => self.set(&[BatchStatus::Paused], BatchStatus::Running).await,
            Step::Cancel => self.cancel().await,
            Step::Complete => self.complete().await,
            Step::Rerun { cell } => self.rerun(cell).await,
        }
    }

    async fn begin(&self) -> Box<dyn Tx> {
        self.store.begin(&self.scene.org).await.unwrap()
    }

    async fn claim(&mut self, cells: u8) -> Result<(), TestCaseError> {
        let asked = asked(cells);
        let ids: Vec<RunId> = asked.iter().map(|cell| self.rules.current(*cell)).collect();
        let claimed = self.scene.claim(&ids, LONG_SECONDS).await.unwrap();
        let got: Vec<(RunId, i64)> = claimed.iter().map(|run| (run.row.id, run.row.fence.0)).collect();
        same("claimed", &got, &self.rules.claimed(&asked))
    }

    async fn renew(&mut self, claim: usize) -> Result<(), TestCaseError> {
        let Claim { run, fence, .. } = self.rules.claims[claim];
        let mut tx = self.begin().await;
        let held = tx.renew_leases(&[(run, fence)], LONG_SECONDS).await.unwrap().renewed;
        tx.commit().await.unwrap();
        same("renewed", &held, &self.rules.renewed(claim))
    }

    async fn commit(&mut self, claim: usize, status: RunStatus) -> Result<(), TestCaseError> {
        let Claim { run, fence, .. } = self.rules.claims[claim];
        let mut row = match status {
            RunStatus::Failed => self.scene.sample.failure(run, fence),
            _ => self.scene.sample.success(run, fence),
        };
        row.status = status;
        self.write("recorded", &row, claim).await
    }

    async fn write(&mut self, what: &str, row: &CommitRow, claim: usize) -> Result<(), TestCaseError> {
        let mut tx = self.begin().await;
        let done = tx.commit_runs(std::slice::from_ref(row)).await.unwrap();
        tx.commit().await.unwrap();
        same(what, &done.written, &self.rules.recorded(claim, row.status))?;
        prop_len(what, done.written.len() + done.fenced.len())
    }

    async fn retry(&mut self, claim: usize) -> Result<(), TestCaseError> {
        let Claim { run, fence, .. } = self.rules.claims[claim];
        let row = self.scene.sample.retry(run, fence);
        let mut tx = self.begin().await;
        let done = tx.retry_runs(&[row]).await.unwrap();
        tx.commit().await.unwrap();
        same("retried", &done.written, &self.rules.retried(claim))?;
        prop_len("retried", done.written.len() + done.fenced.len())
    }

    async fn release(&mut self, claim: usize) -> Result<(), TestCaseError> {
        let Claim { run, fence, .. } = self.rules.claims[claim];
        let mut tx = self.begin().await;
        let released = tx.release_runs(&[ReleaseRow { run, fence, at: at(2) }]).await.unwrap();
        tx.commit().await.unwrap();
        same("released", &released, &self.rules.released(claim))
    }

    /// The clock cannot be moved; the lease can.
    async fn expire(&mut self, cell: usize) -> Result<(), TestCaseError> {
        let statement = "UPDATE runs SET lease_until_us = 1 WHERE run_id = $1 AND status = 'running'";
        let query = sqlx::query(statement).bind(self.rules.current(cell).to_bytes().to_vec());
        let expired = query.execute(self.store.writer_pool()).await.unwrap().rows_affected();
        same("expired", &expired, &self.rules.expired(cell))
    }

    async fn sweep(&mut self) -> Result<(), TestCaseError> {
        let ids: Vec<RunId> = (0..CELLS).map(|cell| self.rules.current(cell)).collect();
        let mut tx = self.begin().await;
        let mut poisoned = tx.sweep_runs(&ids, CRASH_LIMIT).await.unwrap().poisoned;
        tx.commit().await.unwrap();
        poisoned.sort_unstable();
        let mut expected = self.rules.swept();
        expected.sort_unstable();
        same("poisoned", &poisoned, &expected)?;
        let mut tx = self.begin().await;
        let name = worker("scheduler");
        let claimed = tx.claim_poisoned(&poisoned, &name, CRASH_LIMIT, LONG_SECONDS).await.unwrap();
        let commits: Vec<CommitRow> =
            claimed.iter().map(|run| self.scene.sample.failure(run.row.id, run.row.fence)).collect();
        let done = tx.commit_runs(&commits).await.unwrap();
        tx.commit().await.unwrap();
        self.rules.poisoned();
        same("ended as poison", &done.written.len(), &poisoned.len())
    }

    async fn set(&mut self, from: &[BatchStatus], to: BatchStatus) -> Result<(), TestCaseError> {
        let stands = self.rules.batch;
        if !from.contains(&stands) {
            return Ok(());
        }
        self.rules.batch = to;
        same("moved", &self.scene.set(self.batch, stands, to).await.unwrap(), &true)
    }

    async fn cancel(&mut self) -> Result<(), TestCaseError> {
        let stands = self.rules.batch;
        if ![BatchStatus::Running, BatchStatus::Paused].contains(&stands) {
            return Ok(());
        }
        let mut tx = self.begin().await;
        assert!(tx.set_batch_control(self.batch, stands, &control(BatchStatus::Cancelled)).await.unwrap());
        let cancelled = tx.cancel_waiting_runs(self.batch, at(3)).await.unwrap();
        tx.commit().await.unwrap();
        same("cancelled", &cancelled, &self.rules.cancelled())
    }

    async fn complete(&mut self) -> Result<(), TestCaseError> {
        let mut tx = self.begin().await;
        let completed = tx.complete_batches(&[self.batch], at(4)).await.unwrap();
        tx.commit().await.unwrap();
        same("completed", &!completed.is_empty(), &self.rules.completed())
    }

    async fn rerun(&mut self, cell: usize) -> Result<(), TestCaseError> {
        let follows = self.rules.current(cell);
        let run = RunId(self.scene.sample.ulid());
        let stands = self.rules.batch;
        let Some(counted) = self.rules.rerun(cell, run) else { return Ok(()) };
        let mut tx = self.begin().await;
        tx.insert_reruns(self.batch, &[Rerun { run, follows }], at(5), counted).await.unwrap();
        if stands == BatchStatus::Completed {
            assert!(tx.set_batch_control(self.batch, stands, &control(BatchStatus::Running)).await.unwrap());
        }
        tx.commit().await.unwrap();
        Ok(())
    }

    /// Every run stands where the rules have it.
    async fn look(&self) -> Result<(), TestCaseError> {
        let query = "SELECT status, fence, crash_count FROM runs AS r WHERE r.batch_id = $1 AND NOT EXISTS (
                SELECT 1 FROM runs AS n WHERE n.batch_id = r.batch_id AND n.batch_run_index = r.batch_run_index
                    AND n.rerun_index > r.rerun_index)
            ORDER BY batch_run_index";
        let rows = sqlx::query(AssertSqlSafe(query)).bind(self.batch.to_bytes().to_vec());
        let rows = rows.fetch_all(self.store.reader_pool()).await.unwrap();
        let stand: Vec<(String, i64, i64)> =
            rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        same("rows", &stand, &self.rules.rows())
    }

    /// Nothing breaks I1–I5, whatever step would have: none of them is mended by a later one.
    async fn check(&self) -> Result<(), TestCaseError> {
        let mut tx = self.store.read(&self.scene.org).await.unwrap();
        // Of this batch alone: its runs were made after it, those of other sequences before.
        let after = (u128::from_be_bytes(self.batch.to_bytes()) - 1).to_be_bytes();
        for check in Check::ALL.iter().filter(|check| check.invariant() <= Invariant::Cells) {
            let window = CheckWindow { after: Some(after), width: 1_000, first: 1 };
            let checked = tx.check(*check, window).await.unwrap();
            if checked.violations > 0 {
                return Err(TestCaseError::fail(format!("{} is broken: {checked:?}", check.invariant())));
            }
        }
        Ok(())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, stand: &T, expected: &T) -> Result<(), TestCaseError> {
    if stand == expected {
        return Ok(());
    }
    Err(TestCaseError::fail(format!("{what}: {stand:?} and not {expected:?}")))
}

/// Whoever writes is told: written, or fenced.
fn prop_len(what: &str, told: usize) -> Result<(), TestCaseError> {
    same(what, &told, &1)
}
