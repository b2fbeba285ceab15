//! The storage port: traits, errors, pages and the suite that every engine must pass.
//!
//! A [`Store`] opens transactions of one org; a [`Tx`] holds every method that reads or writes org data, one trait a noun.
//! What has to look across orgs (dispatch, sweep, clean-up, login) returns ids and counts, never content.

mod api_keys;
mod attempts;
mod audit;
mod backlog;
mod batches;
mod canary_looks;
mod checks;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod idempotency;
mod key_checks;
mod offers;
mod page;
mod patience;
mod runs;
mod schedules;
mod segments;
mod store;
mod templates;

pub use api_keys::{ApiKeyRow, ApiKeys};
pub use attempts::{AttemptRow, Attempts, ExchangeRow, PreflightAttemptEnd};
pub use audit::{AuditLog, AuditRow};
pub use backlog::Backlog;
pub use batches::{
    BatchControl, BatchCounters, BatchRow, BatchView, Batches, LockRow, MatrixRow, NewBatch, ObservationRow,
    PreflightClaim, Rerun, ResumeRequest, SealedLock,
};
pub use canary_looks::{CanaryLookRow, CanaryLooks, SealedCanaryLook};
pub use checks::{Check, CheckWindow, Checked, Checks, Subject};
pub use error::StoreError;
pub use idempotency::{Idempotency, IdempotencyRow, ResourceRef};
pub use key_checks::{KeyCheck, KeyKind};
pub use offers::{OfferedPreflight, OfferedRun, Wanted};
pub use page::{Page, PageRequest, Position};
pub use patience::Patience;
pub use runs::{
    CellRun, ClaimedRun, CommitRow, Commits, LastLives, OutputRow, ReleaseRow, Renewals, RetryRow, RunEnd,
    RunFilter, RunRow, RunView, Runs, RunsOf, SingleRun, SweptRuns,
};
pub use schedules::{FireRow, ScheduleRow, ScheduleStanding, Schedules};
pub use segments::{EndPlace, Horizon, SegmentHead, SegmentRow, Segments};
pub use stet_domain::record::EndedRun;
pub use store::{Store, Tx};
pub use templates::{TemplateRow, Templates};
