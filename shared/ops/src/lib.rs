//! The operations, one file each: the only place where a transaction begins and ends.
//!
//! [`Ops`] is the context; every operation is a method of it in a file of its own, so the listing of this folder is the system's interface.
//! Those that serve a request take an [`Actor`] and check its role themselves ([`Operation`] is the table); those in `execution/`, which
//! workers and the scheduler drive, take an org. A transient failure of the database is the caller's to repeat.

pub mod rows;
pub mod turns;

mod actor;
mod audit;
mod authenticate;
mod bootstrap;
mod check_keys;
mod context;
mod done;
mod error;
mod fleet;
mod idempotency;
mod invariants;
mod permission;
mod ready;
mod record;
mod token;
mod verification;
mod waiters;

mod api_key;
mod batch;
mod execution;
mod provider;
mod run;
mod schedule;
mod segment;
mod template;

pub use actor::Actor;
pub use api_key::{ApiKey, CreatedKey, IssuedKey};
pub use batch::{
    BatchSubmission, CanaryBaseline, CanaryReport, Decision, Drift, EstimatedTokens, Matrix, Plan,
    PlannedCell, PlannedLock, RESUME_WAIT, Resume, RetriedCells,
};
pub use bootstrap::{DEFAULT_ORG, FirstKey};
pub use check_keys::{KeyFindings, KeyName};
pub use context::{Ops, OpsParts, OpsSettings, Pepper};
pub use done::{Done, How};
pub use error::OpError;
pub use execution::{PreflightEnd, PreflightLock, PreflightRetry, RunResult, RunRetry, Swept};
pub use fleet::{Fleet, ProviderBacklog};
pub use idempotency::{IdempotencyKey, IdempotentRequest, InvalidIdempotencyKey};
pub use invariants::{Finding, Moment, OFFENCES_TOLD, Offence, OffenceSubject};
pub use permission::Operation;
pub use provider::{ProviderVersionsView, ProviderView};
pub use run::{MAX_RUN_WAIT, RunBlocker, RunBlockers, RunSubmission};
pub use schedule::{NewSchedule, ScheduleDecision, ScheduleTurn, ScheduleView};
pub use segment::{Sealed, Unsealed};
pub use stet_coord::Member;
pub use stet_domain::field::FieldError;
pub use template::{NewTemplate, TemplatePair};
pub use token::{ApiToken, InvalidToken};
pub use verification::Verification;
