//! The rows that the execution operations take and give, for those who drive them without knowing the storage port.

pub use stet_store::{
    Check, ClaimedRun, CommitRow, Commits, ExchangeRow, OfferedPreflight, OfferedRun, OutputRow,
    PreflightClaim, ReleaseRow, Renewals, RetryRow, RunEnd, SegmentHead, TemplateRow, Wanted,
};
