//! Batches.

mod cells;
mod complete;
mod control;
mod insert;
mod list;
mod lock;
mod matrix;
mod observations;
mod preflight;
mod reruns;
mod resume;
mod row;
mod seal;

use async_trait::async_trait;
use stet_domain::batch::BatchStatus;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{BatchId, Fence, Incarnation, RunId};
use stet_domain::record::Seal;
use stet_domain::run::RunStatus;
use stet_domain::verify::CellRecord;
use stet_store::{
    BatchControl, BatchRow, BatchView, Batches, LockRow, MatrixRow, NewBatch, ObservationRow, Page,
    PageRequest, PreflightAttemptEnd, PreflightClaim, Rerun, ResumeRequest, SealedLock, StoreError,
};

use super::{BEFORE_COMPLETION, Columns, Row, Transaction, counters, page, params, queries};
use row::read_batch;

pub(super) use lock::read_lock;
pub(super) use seal::read_seal;

#[async_trait]
impl Batches for Transaction {
    async fn insert_batch(&mut self, batch: &NewBatch) -> Result<(), StoreError> {
        insert::insert_batch(self, batch).await
    }

    async fn get_batch_row(&mut self, id: BatchId) -> Result<Option<BatchRow>, StoreError> {
        let query = self.scoped(queries::GET_BATCH_ROW).bind(id.to_bytes().to_vec());
        self.optional(query).await?.as_ref().map(read_batch).transpose()
    }

    async fn get_batch(&mut self, id: BatchId) -> Result<Option<BatchView>, StoreError> {
        list::get_batch(self, id).await
    }

    async fn list_batches(&mut self, page: PageRequest) -> Result<Page<BatchView>, StoreError> {
        list::list_batches(self, page).await
    }

    async fn hold_batch(&mut self, id: BatchId) -> Result<bool, StoreError> {
        resume::hold_batch(self, id).await
    }

    async fn request_resume(&mut self, id: BatchId, request: &ResumeRequest) -> Result<bool, StoreError> {
        resume::request(self, id, request).await
    }

    async fn withdraw_resume(&mut self, id: BatchId) -> Result<bool, StoreError> {
        resume::withdraw(self, id).await
    }

    async fn list_reruns(&mut self, id: BatchId, states: &[RunStatus]) -> Result<Vec<RunId>, StoreError> {
        reruns::list_reruns(self, id, states).await
    }

    async fn insert_reruns(
        &mut self,
        id: BatchId,
        reruns: &[Rerun],
        at: Timestamp,
        counted: (u64, u64),
    ) -> Result<(), StoreError> {
        reruns::insert_reruns(self, id, reruns, at, counted).await
    }

    async fn list_observations(
        &mut self,
        id: BatchId,
        limit: u32,
    ) -> Result<Vec<ObservationRow>, StoreError> {
        observations::list_observations(self, id, limit).await
    }

    async fn list_matrix(&mut self, id: BatchId) -> Result<Vec<MatrixRow>, StoreError> {
        matrix::list_matrix(self, id).await
    }

    async fn claim_preflight(
        &mut self,
        id: BatchId,
        worker: &Incarnation,
        lease_seconds: u32,
    ) -> Result<Option<PreflightClaim>, StoreError> {
        preflight::claim(self, id, worker, lease_seconds).await
    }

    async fn release_preflight(
        &mut self,
        id: BatchId,
        fence: Fence,
        delay_ms: u64,
        burn: bool,
        end: &PreflightAttemptEnd,
    ) -> Result<bool, StoreError> {
        preflight::release(self, id, fence, delay_ms, burn, end).await
    }

    async fn finish_preflight(
        &mut self,
        id: BatchId,
        fence: Fence,
        control: &BatchControl,
        lock: Option<&SealedLock>,
        end: &PreflightAttemptEnd,
    ) -> Result<bool, StoreError> {
        preflight::finish(self, id, fence, control, lock, end).await
    }

    async fn set_batch_control(
        &mut self,
        id: BatchId,
        from: BatchStatus,
        to: &BatchControl,
    ) -> Result<bool, StoreError> {
        control::set_batch_control(self, id, from, to).await
    }

    async fn cancel_waiting_runs(&mut self, id: BatchId, at: Timestamp) -> Result<u64, StoreError> {
        complete::cancel_waiting_runs(self, id, at).await
    }

    async fn complete_batches(&mut self, ids: &[BatchId], at: Timestamp) -> Result<Vec<BatchId>, StoreError> {
        complete::complete_batches(self, ids, at).await
    }

    async fn get_lock(&mut self, id: BatchId, epoch: i64) -> Result<Option<LockRow>, StoreError> {
        let query = self.scoped(queries::GET_LOCK).bind(id.to_bytes().to_vec()).bind(epoch);
        self.optional(query).await?.map(|row| read_lock(Columns::of("lock_epochs", &row))).transpose()
    }
    async fn get_batch_seal(&mut self, id: BatchId) -> Result<Option<Seal>, StoreError> {
        seal::get_batch_seal(self, id).await
    }

    async fn list_sealed_locks(&mut self, id: BatchId) -> Result<Vec<SealedLock>, StoreError> {
        lock::list_sealed_locks(self, id).await
    }

    async fn list_cells(
        &mut self,
        id: BatchId,
        after: Option<(u32, u32)>,
        limit: u32,
    ) -> Result<Vec<CellRecord>, StoreError> {
        cells::list_cells(self, id, after, limit).await
    }
}
