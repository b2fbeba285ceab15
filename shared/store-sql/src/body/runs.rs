//! Runs.

mod attempt;
mod claim;
mod commit;
mod count;
mod get;
mod insert;
mod lease;
mod list;
mod retry;
mod row;
mod sweep;
mod waiting;

use async_trait::async_trait;
use stet_domain::ids::{BatchId, Fence, Incarnation, RunId};
use stet_domain::run::RunStatus;
use stet_store::{
    ClaimedRun, CommitRow, Commits, LastLives, Page, PageRequest, ReleaseRow, Renewals, RetryRow, RunFilter,
    RunRow, RunView, Runs, SingleRun, StoreError, SweptRuns,
};

use super::{
    BEFORE_CLAIM, BEFORE_PAUSE, CLAIMS_WHOLE, Columns, Row, Told, Transaction, batches, counters, page,
    params, queries,
};

#[async_trait]
impl Runs for Transaction {
    async fn insert_single_run(&mut self, run: &SingleRun) -> Result<(), StoreError> {
        insert::insert_single_run(self, run).await
    }

    async fn get_runs(&mut self, ids: &[RunId]) -> Result<Vec<RunView>, StoreError> {
        get::get_runs(self, ids).await
    }

    async fn list_runs(&mut self, filter: &RunFilter, page: PageRequest) -> Result<Page<RunRow>, StoreError> {
        list::list_runs(self, filter, page).await
    }

    async fn waiting_cells(&mut self, batch: BatchId, limit: u32) -> Result<Vec<RunId>, StoreError> {
        waiting::waiting_cells(self, batch, limit).await
    }

    async fn claim_runs(
        &mut self,
        ids: &[RunId],
        worker: &Incarnation,
        lease_seconds: u32,
        last_lives: LastLives,
    ) -> Result<Vec<ClaimedRun>, StoreError> {
        claim::claim_runs(self, ids, worker, lease_seconds, last_lives).await
    }

    async fn renew_leases(
        &mut self,
        claims: &[(RunId, Fence)],
        lease_seconds: u32,
    ) -> Result<Renewals, StoreError> {
        lease::renew_leases(self, claims, lease_seconds).await
    }

    async fn commit_runs(&mut self, commits: &[CommitRow]) -> Result<Commits, StoreError> {
        commit::commit_runs(self, commits).await
    }

    async fn retry_runs(&mut self, retries: &[RetryRow]) -> Result<Commits, StoreError> {
        retry::retry_runs(self, retries).await
    }

    async fn release_runs(&mut self, releases: &[ReleaseRow]) -> Result<Vec<RunId>, StoreError> {
        lease::release_runs(self, releases).await
    }

    async fn sweep_runs(&mut self, ids: &[RunId], crash_limit: u32) -> Result<SweptRuns, StoreError> {
        sweep::sweep_runs(self, ids, crash_limit).await
    }

    async fn claim_poisoned(
        &mut self,
        ids: &[RunId],
        worker: &Incarnation,
        crash_limit: u32,
        lease_seconds: u32,
    ) -> Result<Vec<ClaimedRun>, StoreError> {
        claim::claim_poisoned(self, ids, worker, crash_limit, lease_seconds).await
    }

    async fn count_runs(&mut self, filter: &RunFilter) -> Result<Vec<(RunStatus, u64)>, StoreError> {
        count::count_runs(self, filter).await
    }
}

/// A claim by its key.
type ClaimKey = (RunId, Fence);

/// The ids of a statement that returns `run_id`.
fn read_ids(rows: &[Row]) -> Result<Vec<RunId>, StoreError> {
    rows.iter().map(|row| Columns::of("runs", row).array("run_id").map(RunId::from_bytes)).collect()
}

/// The key of a row that a statement returned.
fn read_key(row: &Row) -> Result<ClaimKey, StoreError> {
    let columns = Columns::of("runs", row);
    Ok((RunId::from_bytes(columns.array("run_id")?), Fence(columns.get("fence")?)))
}

/// The ids as JSON parameters.
pub(super) fn pack_ids(ids: &[RunId]) -> Result<Vec<String>, StoreError> {
    params::pack(ids.iter().map(|id| params::Hex(id.to_bytes())))
}
