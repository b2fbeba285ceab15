//! Batches: an unchanging definition, a control row, a counter row and the lock epochs.

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::batch::{BatchStatus, PauseReason, ResumeLock};
use stet_domain::clock::Timestamp;
use stet_domain::drift::{DriftKind, DriftPolicy};
use stet_domain::echo::EchoDigests;
use stet_domain::ids::{BatchId, Fence, Incarnation, OrgId, RunId, ScheduleId, TemplateId};
use stet_domain::lock::{Listed, Lock};
use stet_domain::mode::GroundingMode;
use stet_domain::record::Seal;
use stet_domain::run::RunStatus;
use stet_domain::trace::TraceParent;
use stet_domain::verify::CellRecord;

use crate::{CanaryLookRow, CellRun, Page, PageRequest, PreflightAttemptEnd, StoreError};

/// The part of a batch that never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub id: BatchId,
    /// What it runs.
    pub template: TemplateId,
    /// canonical.md §5.
    pub batch_sha256: Digest,
    /// canonical.md §5.
    pub plan_sha256: Digest,
    /// Canonical locales, sorted.
    pub locales: Vec<String>,
    /// Modes in expansion order.
    pub grounding_modes: Vec<GroundingMode>,
    /// Replicates of each (locale, mode).
    pub replicates: u32,
    /// How many cells that makes.
    pub cells: u64,
    /// The inputs in canonical JSON, defaults filled in.
    pub inputs: Vec<u8>,
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// What a drifted result leads to.
    pub drift_policy: DriftPolicy,
    /// At most so many cells at once; `None` for no bound of its own.
    pub max_parallel: Option<u32>,
    /// The API key that submitted it.
    pub created_by: String,
    /// When it was accepted.
    pub created_at: Timestamp,
}

/// A batch about to be written, with all of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// The definition.
    pub row: BatchRow,
    /// The seal of the definition.
    pub seal: Seal,
    /// One run a cell, by index.
    pub cells: Vec<CellRun>,
    /// The trace that the calls of its cells go on.
    pub trace: Option<TraceParent>,
}

/// The row that every claim reads: kept apart from the counters, which every commit writes (reliability.md rule 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchControl {
    /// Where the batch stands.
    pub status: BatchStatus,
    /// Why it is paused.
    pub pause_reason: Option<PauseReason>,
    /// What the last change says in words: an operator's reason, or what preflight saw.
    pub reason: Option<String>,
    /// Who made the last change: an API key id, or `stet`.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
    /// The lock epoch in force.
    pub lock_epoch: Option<i64>,
    /// How often preflight was tried.
    pub preflight_attempts: u32,
}

/// An operator's wish that a paused batch goes on, until a worker has looked at the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumeRequest {
    /// Under which lock.
    pub lock: ResumeLock,
    /// The version that is accepted in the place of the template's, for a new lock.
    pub accept_version: Option<String>,
    /// Why.
    pub reason: String,
    /// Who: an API key's id.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What answered a batch's runs under one lock epoch, all alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservationRow {
    /// The epoch that they were judged by.
    pub lock_epoch: Option<i64>,
    /// The version that answered.
    pub model_version: String,
    /// The fingerprint that answered; `None` where none was offered.
    pub model_fingerprint: Option<String>,
    /// How that differs from the epoch's lock; `None` where it does not.
    pub drift_kind: Option<DriftKind>,
    /// How many runs.
    pub runs: u64,
    /// The first of them that was recorded.
    pub first_run: RunId,
    /// Its cell.
    pub batch_run_index: u32,
    /// Its locale.
    pub locale: String,
    /// Its mode.
    pub grounding_mode: GroundingMode,
    /// Its replicate.
    pub replicate_index: u32,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The current runs of one locale and mode that one lock epoch judged: where they stand, and what their answers have in common.
///
/// Outputs and citations are of succeeded runs; JSON and grounding are judged of failed ones, too, for a strict template fails those that miss.
/// What is quarantined is counted and pooled with nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// The locale.
    pub locale: String,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// The epoch that judged them; `None` for those that no claim has given one.
    pub lock_epoch: Option<i64>,
    /// How many runs.
    pub replicates: u64,
    /// Those that succeeded.
    pub succeeded: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that were cancelled.
    pub cancelled: u64,
    /// Those that are kept apart for drift.
    pub quarantined: u64,
    /// Those that succeeded although the answer differed from its lock: under policy `warn`, or in what it echoes alone.
    pub drifted: u64,
    /// Runs whose output was asked to be JSON and judged.
    pub json_judged: u64,
    /// Those of them whose output is valid.
    pub json_valid: u64,
    /// Runs of which it was judged whether they rest on a search.
    pub grounded_judged: u64,
    /// Those of them that do.
    pub grounded: u64,
    /// Different outputs, by their hashes.
    pub distinct_outputs: u64,
    /// The hash of the output that came most often; of equals the least.
    pub modal_output: Option<Digest>,
    /// How often it came.
    pub modal_runs: u64,
    /// Runs that cite at least one domain.
    pub citing: u64,
    /// Different domains that are cited.
    pub distinct_domains: u64,
    /// Pairs of a run and a domain that it cites.
    pub mentions: u64,
    /// Over all mentions, the sum of the other runs that cite the same domain.
    pub echoes: u64,
}

impl MatrixRow {
    /// Runs that have not ended.
    #[must_use]
    pub const fn open(&self) -> u64 {
        self.replicates - self.succeeded - self.failed - self.cancelled - self.quarantined
    }

    /// The share of succeeded runs that brought the modal output; `None` where none succeeded.
    #[must_use]
    pub fn modal_share(&self) -> Option<f64> {
        share(self.modal_runs, self.succeeded)
    }

    /// The share of valid outputs among those that should be JSON; `None` where none should.
    #[must_use]
    pub fn json_valid_rate(&self) -> Option<f64> {
        share(self.json_valid, self.json_judged)
    }

    /// The share of runs that rest on a search; `None` where none was judged.
    #[must_use]
    pub fn grounded_rate(&self) -> Option<f64> {
        share(self.grounded, self.grounded_judged)
    }

    /// How far citations agree: of a domain that one run cites, the mean share of the other citing runs that cite it too. 1 where all cite
    /// the same domains, 0 where no two share one; `None` with fewer than two citing runs.
    #[must_use]
    pub fn domain_agreement(&self) -> Option<f64> {
        share(self.echoes, self.mentions * self.citing.saturating_sub(1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people: counts of cells, far below 2^52")]
fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// A run that takes a cell up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rerun {
    /// The new run.
    pub run: RunId,
    /// The one that it follows: the current run of the cell so far.
    pub follows: RunId,
}

/// How many current cells stand where; they sum up to the batch's cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchCounters {
    /// Not started, no hint in a queue.
    pub pending: u64,
    /// A hint is in a queue.
    pub queued: u64,
    /// Under a lease.
    pub running: u64,
    /// Ended with a result.
    pub succeeded: u64,
    /// Ended in an error.
    pub failed: u64,
    /// Called off.
    pub cancelled: u64,
    /// Kept apart for drift.
    pub quarantined: u64,
}

/// One lock epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockRow {
    /// Epoch and observation.
    pub lock: Lock,
    /// Set where an operator accepted another version than the template's (system.md, "A batch" 6).
    pub lock_version: Option<String>,
    /// The service tier that served the probe.
    pub service_tier: Option<String>,
    /// The fingerprints of the echoed settings and tools, ours and no provider's (providers.md).
    pub echo: EchoDigests,
    /// What the provider's list says of the model; `None` in epochs that were sealed before it was asked.
    pub listed: Option<Listed>,
    /// The digest of what the canary prompts brought at the look that opened the epoch; `None` where the template has none.
    pub canary_sha256: Option<Digest>,
    /// When it was observed.
    pub observed_at: Timestamp,
}

/// A lock epoch with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedLock {
    /// Epoch and observation.
    pub row: LockRow,
    /// The claim of the preflight that observed it.
    pub preflight_fence: Fence,
    /// What the seal covers of that attempt's exchanges (`stet_domain::record::sealed_exchanges`).
    pub sealed_exchanges: Vec<u8>,
    /// The seal.
    pub seal: Seal,
}

/// A batch as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// The definition.
    pub row: BatchRow,
    /// Where it stands.
    pub control: BatchControl,
    /// What an operator asked for while it is paused.
    pub resume: Option<ResumeRequest>,
    /// Where its cells stand.
    pub counters: BatchCounters,
    /// Its lock epochs, oldest first.
    pub locks: Vec<LockRow>,
    /// The looks at its canary prompts, oldest first; left out in lists.
    pub canary_looks: Vec<CanaryLookRow>,
    /// The schedule and due time that made it; `None` where a person did, and in lists.
    pub scheduled: Option<(ScheduleId, Timestamp)>,
    /// When the last cell ended.
    pub completed_at: Option<Timestamp>,
}

/// The right to do one batch's preflight, until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightClaim {
    /// The definition.
    pub row: BatchRow,
    /// The number of this claim.
    pub fence: Fence,
    /// How often it was tried before.
    pub attempts: u32,
    /// Set where it is to decide on a resume: the batch is paused then.
    pub resume: Option<ResumeRequest>,
    /// The lock in force.
    pub lock: Option<LockRow>,
}

/// Batches of one org.
#[async_trait]
pub trait Batches {
    /// Writes definition, control (`preflight`), counters and all runs (`pending`, due at once) set-wise.
    async fn insert_batch(&mut self, batch: &NewBatch) -> Result<(), StoreError>;

    /// The definition alone.
    async fn get_batch_row(&mut self, id: BatchId) -> Result<Option<BatchRow>, StoreError>;

    /// Everything a reader sees.
    async fn get_batch(&mut self, id: BatchId) -> Result<Option<BatchView>, StoreError>;

    /// A page of batches.
    async fn list_batches(&mut self, page: PageRequest) -> Result<Page<BatchView>, StoreError>;

    /// Locks the control row until the transaction ends; `false` where there is none. Whoever decides on a batch does this first.
    async fn hold_batch(&mut self, id: BatchId) -> Result<bool, StoreError>;

    /// Takes the lease of a preflight or of a resume that is due and writes its attempt's row; `None` where another holds it or the batch is past it.
    async fn claim_preflight(
        &mut self,
        id: BatchId,
        worker: &Incarnation,
        lease_seconds: u32,
    ) -> Result<Option<PreflightClaim>, StoreError>;

    /// Gives the lease back, due again after `delay_ms`, one attempt counted unless `burn` is false; `false` if fenced. The attempt is ended either way.
    async fn release_preflight(
        &mut self,
        id: BatchId,
        fence: Fence,
        delay_ms: u64,
        burn: bool,
        end: &PreflightAttemptEnd,
    ) -> Result<bool, StoreError>;

    /// Ends a preflight or a resume under its fence: moves the batch to `status`, with the lock epoch that was observed; `false` if fenced. The attempt
    /// is ended either way, and a resume is not asked for any more.
    async fn finish_preflight(
        &mut self,
        id: BatchId,
        fence: Fence,
        control: &BatchControl,
        lock: Option<&SealedLock>,
        end: &PreflightAttemptEnd,
    ) -> Result<bool, StoreError>;

    /// Moves the control row from `from` to the given state; `false` where it was not in `from`. A resume is not asked for any more.
    async fn set_batch_control(
        &mut self,
        id: BatchId,
        from: BatchStatus,
        to: &BatchControl,
    ) -> Result<bool, StoreError>;

    /// Asks for a resume, due at once; `false` where the batch is not paused or one is asked for already.
    async fn request_resume(&mut self, id: BatchId, request: &ResumeRequest) -> Result<bool, StoreError>;

    /// Takes a wish to resume back; `false` where there is none.
    async fn withdraw_resume(&mut self, id: BatchId) -> Result<bool, StoreError>;

    /// The current runs of the batch that are in one of the states.
    async fn list_reruns(&mut self, id: BatchId, states: &[RunStatus]) -> Result<Vec<RunId>, StoreError>;

    /// Writes a new run for each cell, `pending` and due at once, with `rerun_index + 1`, and takes `failed` and `quarantined` off the batch's counters.
    async fn insert_reruns(
        &mut self,
        id: BatchId,
        reruns: &[Rerun],
        at: Timestamp,
        counted: (u64, u64),
    ) -> Result<(), StoreError>;

    /// What answered the runs of the batch, by lock epoch, the earliest first, at most `limit`.
    async fn list_observations(&mut self, id: BatchId, limit: u32)
    -> Result<Vec<ObservationRow>, StoreError>;

    /// The batch's current runs by locale, mode and lock epoch, in that order; the modes as the grid has them.
    async fn list_matrix(&mut self, id: BatchId) -> Result<Vec<MatrixRow>, StoreError>;

    /// Cancels every run of the batch that is `pending` or `queued`, with `BATCH_ENDED`; answers how many.
    async fn cancel_waiting_runs(&mut self, id: BatchId, at: Timestamp) -> Result<u64, StoreError>;

    /// The batches among `ids` that are `running` and whose every current run is terminal: set to `completed` at `at`; answers which.
    async fn complete_batches(&mut self, ids: &[BatchId], at: Timestamp) -> Result<Vec<BatchId>, StoreError>;

    /// The observation of an epoch.
    async fn get_lock(&mut self, id: BatchId, epoch: i64) -> Result<Option<LockRow>, StoreError>;

    /// The seal of the definition.
    async fn get_batch_seal(&mut self, id: BatchId) -> Result<Option<Seal>, StoreError>;

    /// The lock epochs with what proves them, oldest first.
    async fn list_sealed_locks(&mut self, id: BatchId) -> Result<Vec<SealedLock>, StoreError>;

    /// What the runs of the batch say of their cells, by (`batch_run_index`, `rerun_index`), those after `after`, at most `limit`.
    async fn list_cells(
        &mut self,
        id: BatchId,
        after: Option<(u32, u32)>,
        limit: u32,
    ) -> Result<Vec<CellRecord>, StoreError>;
}
