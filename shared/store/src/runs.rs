//! Runs: the unit of truth. Rows own state, lease and fence (reliability.md).

use async_trait::async_trait;
use stet_domain::Digest;
use stet_domain::citation::Citation;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::drift::DriftKind;
use stet_domain::ids::{BatchId, Fence, Incarnation, OrgId, RunId, TemplateId};
use stet_domain::mode::GroundingMode;
use stet_domain::run::RunStatus;
use stet_domain::trace::TraceParent;
use stet_domain::usage::TokenUsage;

use crate::{ExchangeRow, Page, PageRequest, StoreError};

/// One cell of a batch about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRun {
    /// The run's id.
    pub id: RunId,
    /// The cell's number (system.md, "A batch" 1).
    pub batch_run_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// Its place among the batch's locales.
    pub locale_index: u32,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
}

/// A run outside any batch about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleRun {
    /// The run's id.
    pub id: RunId,
    /// What it runs.
    pub template: TemplateId,
    /// The canonical locale.
    pub locale: String,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// The inputs in canonical JSON, defaults filled in.
    pub inputs: Vec<u8>,
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// The API key that asked for it.
    pub created_by: String,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// The trace that its calls go on.
    pub trace: Option<TraceParent>,
}

/// What every reader of a run sees first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub id: RunId,
    /// What it runs.
    pub template: TemplateId,
    /// Its batch; `None` for a single run.
    pub batch: Option<BatchId>,
    /// Its cell; 0 for a single run.
    pub batch_run_index: u32,
    /// How often the cell was run again.
    pub rerun_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// The locale's place in the batch; 0 for a single run.
    pub locale_index: u32,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// Where it stands.
    pub status: RunStatus,
    /// When it is due.
    pub available_at: Timestamp,
    /// The number of its last claim; 0 before the first.
    pub fence: Fence,
    /// When its lease ends, while it runs.
    pub lease_until: Option<Timestamp>,
    /// Attempts that ended in a retryable error.
    pub retry_index: u32,
    /// Attempts that were lost with their process.
    pub crash_count: u32,
    /// The lock epoch that it was claimed under.
    pub lock_epoch: Option<i64>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When it became terminal.
    pub finished_at: Option<Timestamp>,
    /// What it ended with; `None` until terminal.
    pub end: Option<RunEnd>,
}

/// The typed columns of a terminal run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// Why it did not succeed.
    pub error_code: Option<ErrorCode>,
    /// What is known of it, bounded.
    pub error_detail: Option<String>,
    /// What differs from the lock.
    pub drift_kind: Option<DriftKind>,
    /// The version that answered.
    pub model_version_effective: Option<String>,
    /// The fingerprint that answered.
    pub model_fingerprint: Option<String>,
    /// Whether a search took place.
    pub search_performed: Option<bool>,
    /// Whether the answer rests on one.
    pub grounded_effective: Option<bool>,
    /// Why it does not.
    pub why_not_grounded: Option<String>,
    /// The digest of the output.
    pub response_output_sha256: Option<Digest>,
    /// Null for text outputs (canonical.md §2).
    pub output_json_valid: Option<bool>,
    /// The digest of the ALS block.
    pub als_block_sha256: Option<Digest>,
    /// `<locale>/<index>`.
    pub als_variant_id: Option<String>,
    /// Tokens of the answers that the result is made of: the one that is judged, and the reshaping step's.
    pub usage: TokenUsage,
    /// canonical.md §5; `None` for a cancelled run.
    pub run_sha256: Option<Digest>,
    /// The HMAC over the record; `None` for a cancelled run.
    pub record_hmac: Option<[u8; 32]>,
    /// The id of its key.
    pub record_key_id: Option<String>,
}

/// The large columns of a terminal run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputRow {
    /// The output exactly as answered, UTF-8; `None` where there was none.
    pub output: Option<Vec<u8>>,
    /// The text of step 1 that a reshaping step was given, to the byte; `None` where none was asked.
    pub step1_text: Option<Vec<u8>>,
    /// The ALS block sent.
    pub als_block_text: Option<String>,
    /// The canonical bytes that `run_sha256` covers.
    pub provenance: Vec<u8>,
    /// What the answer says it rests on.
    pub citations: Vec<Citation>,
}

/// A run with all that was recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// The run.
    pub row: RunRow,
    /// Its inputs in canonical JSON.
    pub inputs: Vec<u8>,
    /// Its large columns, once terminal; `None` before, and for a cancelled run.
    pub output: Option<OutputRow>,
    /// What its seal covers of the exchanges (`stet_domain::record::sealed_exchanges`); there wherever `output` is.
    pub sealed_exchanges: Option<Vec<u8>>,
}

/// What became of renewals; a claim that is in neither list holds no more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renewals {
    /// Claims that hold for another lease.
    pub renewed: Vec<RunId>,
    /// Claims whose row a transaction holds just now, which is their own commit: nobody else takes them meanwhile, and their leases stay as they are.
    pub in_use: Vec<RunId>,
}

/// Runs whose next crash is the last, as far as a claim takes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastLives {
    /// From so many crashes on a life is the last.
    pub from_crashes: u32,
    /// Of such runs, at most so many are claimed.
    pub most: u32,
}

impl LastLives {
    /// No life is the last: everything that is claimable is claimed.
    pub const ANY: Self = Self { from_crashes: u32::MAX, most: u32::MAX };
}

/// A claimed run: the right to execute it until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedRun {
    /// The run as claimed: `running`, with the fence of this claim.
    pub row: RunRow,
    /// Its inputs in canonical JSON.
    pub inputs: Vec<u8>,
    /// Of the batch; `None` for a single run.
    pub batch_sha256: Option<Digest>,
    /// Of the batch.
    pub drift_policy: Option<stet_domain::drift::DriftPolicy>,
    /// The lock in force at the claim.
    pub lock: Option<crate::LockRow>,
    /// The trace that its calls go on.
    pub trace: Option<TraceParent>,
}

/// A terminal commit of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRow {
    /// The run's batch.
    pub batch: Option<BatchId>,
    /// The run.
    pub run: RunId,
    /// The claim that it was made under.
    pub fence: Fence,
    /// `Succeeded`, `Failed` or `Quarantined`.
    pub status: RunStatus,
    /// The typed columns.
    pub end: RunEnd,
    /// The large columns.
    pub output: OutputRow,
    /// The attempt's exchanges.
    pub exchanges: Vec<ExchangeRow>,
    /// What the seal covers of them (`stet_domain::record::sealed_exchanges`).
    pub sealed_exchanges: Vec<u8>,
    /// When the attempt ended.
    pub finished_at: Timestamp,
}

/// An attempt that ended in a retryable error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryRow {
    /// The run.
    pub run: RunId,
    /// The claim that it was made under.
    pub fence: Fence,
    /// The run is due again after so many milliseconds, by the database's clock.
    pub delay_ms: u64,
    /// Whether the attempt counts against `RETRY_MAX_ATTEMPTS` (reliability.md rule 8).
    pub burn: bool,
    /// What ended it.
    pub error_code: ErrorCode,
    /// What is known of it, bounded.
    pub error_detail: String,
    /// Its exchanges.
    pub exchanges: Vec<ExchangeRow>,
    /// When it ended.
    pub finished_at: Timestamp,
}

/// A claim that is given back unfinished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReleaseRow {
    /// The run.
    pub run: RunId,
    /// The claim.
    pub fence: Fence,
    /// When.
    pub at: Timestamp,
}

/// What a list of runs is of: an org has too many to be listed whatever they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunsOf {
    /// A batch.
    Batch(BatchId),
    /// A template, in batches or not.
    Template(TemplateId),
    /// A batch, as far as it is of the template: all of it or nothing.
    BatchOfTemplate(BatchId, TemplateId),
}

/// Which runs of a list are wanted; every given field must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFilter {
    /// What they belong to.
    pub of: RunsOf,
    /// In this state.
    pub status: Option<RunStatus>,
    /// For this locale.
    pub locale: Option<String>,
    /// In this mode.
    pub grounding_mode: Option<GroundingMode>,
    /// With this output.
    pub response_output_sha256: Option<Digest>,
    /// Answered by this version.
    pub model_version_effective: Option<String>,
    /// Accepted at or after.
    pub created_from: Option<Timestamp>,
    /// Accepted before.
    pub created_before: Option<Timestamp>,
}

impl RunFilter {
    /// All runs of what they belong to.
    #[must_use]
    pub const fn all(of: RunsOf) -> Self {
        Self {
            of,
            status: None,
            locale: None,
            grounding_mode: None,
            response_output_sha256: None,
            model_version_effective: None,
            created_from: None,
            created_before: None,
        }
    }

    /// All runs of a batch.
    #[must_use]
    pub const fn of_batch(batch: BatchId) -> Self {
        Self::all(RunsOf::Batch(batch))
    }

    /// All runs of a template.
    #[must_use]
    pub const fn of_template(template: TemplateId) -> Self {
        Self::all(RunsOf::Template(template))
    }

    /// The batch that they are of.
    #[must_use]
    pub const fn batch(&self) -> Option<BatchId> {
        match self.of {
            RunsOf::Batch(batch) | RunsOf::BatchOfTemplate(batch, _) => Some(batch),
            RunsOf::Template(_) => None,
        }
    }

    /// The template that they are of.
    #[must_use]
    pub const fn template(&self) -> Option<TemplateId> {
        match self.of {
            RunsOf::Template(template) | RunsOf::BatchOfTemplate(_, template) => Some(template),
            RunsOf::Batch(_) => None,
        }
    }
}

/// What a grouped commit did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commits {
    /// Written, or written before by the same fence (a commit whose answer was lost).
    pub written: Vec<RunId>,
    /// Those of `written` that were written before: nothing follows from them a second time.
    pub recognised: Vec<RunId>,
    /// Refused: the lease had passed on; the attempt is marked `fenced`.
    pub fenced: Vec<RunId>,
}

/// What a sweep found of runs whose lease has expired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweptRuns {
    /// Back to `pending`.
    pub reclaimed: Vec<RunId>,
    /// At their last crash, and untouched.
    pub poisoned: Vec<RunId>,
}

/// Runs of one org. Every method is set-based: one statement for any number of runs.
#[async_trait]
pub trait Runs {
    /// Writes a single run, `pending` and due at once.
    async fn insert_single_run(&mut self, run: &SingleRun) -> Result<(), StoreError>;

    /// Those of the runs that stand, with all that was recorded of them, in the order of `ids`.
    async fn get_runs(&mut self, ids: &[RunId]) -> Result<Vec<RunView>, StoreError>;

    /// The run with all that was recorded of it.
    async fn get_run(&mut self, id: RunId) -> Result<Option<RunView>, StoreError> {
        Ok(self.get_runs(&[id]).await?.pop())
    }

    /// A page of runs.
    async fn list_runs(&mut self, filter: &RunFilter, page: PageRequest) -> Result<Page<RunRow>, StoreError>;

    /// Cells of the batch that wait, in the order in which they fall due, at most `limit`.
    async fn waiting_cells(&mut self, batch: BatchId, limit: u32) -> Result<Vec<RunId>, StoreError>;

    /// Claims those of `ids` that are claimable (reliability.md rule 2): due, batch `running` and below its `max_parallel` or no batch; writes their attempt
    /// rows. Of those on their last life, no more than are wanted.
    async fn claim_runs(
        &mut self,
        ids: &[RunId],
        worker: &Incarnation,
        lease_seconds: u32,
        last_lives: LastLives,
    ) -> Result<Vec<ClaimedRun>, StoreError>;

    /// Renews the leases of claims that still hold; answers which.
    async fn renew_leases(
        &mut self,
        claims: &[(RunId, Fence)],
        lease_seconds: u32,
    ) -> Result<Renewals, StoreError>;

    /// Records results under their fences, with attempts, outputs, citations and counters (reliability.md rule 4).
    async fn commit_runs(&mut self, commits: &[CommitRow]) -> Result<Commits, StoreError>;

    /// Sends runs back to `pending`, due later, under their fences.
    async fn retry_runs(&mut self, retries: &[RetryRow]) -> Result<Commits, StoreError>;

    /// Gives claims back: fence + 1, `pending`, due at once, no attempt burned (reliability.md rule 12).
    async fn release_runs(&mut self, releases: &[ReleaseRow]) -> Result<Vec<RunId>, StoreError>;

    /// Takes back those of `ids` whose lease has expired: `pending` again with `crash_count + 1`, attempt marked `lost`, due as it was, so that it keeps its
    /// place in its batch, and behind what its batch has not tried where its next crash is the last; those at `crash_limit` crashes are not touched but answered, for [`Runs::claim_poisoned`].
    async fn sweep_runs(&mut self, ids: &[RunId], crash_limit: u32) -> Result<SweptRuns, StoreError>;

    /// Claims those of `ids` whose lease expired for the `crash_limit`-th time: marks the lost attempt and counts it; the caller commits them as failed under the new fence.
    async fn claim_poisoned(
        &mut self,
        ids: &[RunId],
        worker: &Incarnation,
        crash_limit: u32,
        lease_seconds: u32,
    ) -> Result<Vec<ClaimedRun>, StoreError>;

    /// How many runs of the filter stand where.
    async fn count_runs(&mut self, filter: &RunFilter) -> Result<Vec<(RunStatus, u64)>, StoreError>;
}
