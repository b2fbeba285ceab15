//! What an operation can refuse or fail with; each maps to one [`ErrorCode`].

use stet_coord::VersionsError;
use stet_domain::Digest;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::role::Role;
use stet_domain::schedule::ScheduleState;
use stet_store::StoreError;

/// Why an operation did not do what was asked; nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum OpError {
    /// No key, or one that is unknown, revoked or misspelt.
    #[error("the API key is missing, unknown, revoked or misspelt")]
    Unauthenticated,
    /// The key's role does not include the operation.
    #[error("{operation} needs the role {needed}; the key's role is {role}")]
    Forbidden {
        /// The operation.
        operation: &'static str,
        /// The least role that may do it.
        needed: Role,
        /// The key's role.
        role: Role,
    },
    /// There is no such thing in the actor's org.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// The request is readable and not acceptable.
    #[error("the request has {} offence(s), the first at {:?}: {}", .0.len(), first_pointer(.0), first_detail(.0))]
    Validation(Vec<FieldError>),
    /// The Idempotency-Key was used with another request.
    #[error("the Idempotency-Key was used with another request")]
    IdempotencyMismatch {
        /// The canonical body stored with the key.
        stored: Vec<u8>,
        /// The canonical body sent now; equal to `stored` where only method, path or query differ.
        sent: Vec<u8>,
    },
    /// The first request with this Idempotency-Key has not ended yet.
    #[error("the first request with this Idempotency-Key has not ended yet")]
    IdempotencyInProgress,
    /// The plan differs from the expected one.
    #[error("the plan is {actual}, expected was {expected}")]
    PlanMismatch {
        /// What the request expects.
        expected: Digest,
        /// What the request makes.
        actual: Digest,
    },
    /// The batch is not in a state in which that can be done.
    #[error("the batch is {status}: {detail}")]
    BatchState {
        /// Where it stands.
        status: BatchStatus,
        /// What cannot be done then.
        detail: String,
    },
    /// The schedule is not in a state in which that can be done.
    #[error("the schedule is {state}: {detail}")]
    ScheduleState {
        /// Where it stands.
        state: ScheduleState,
        /// What cannot be done then.
        detail: String,
    },
    /// The provider is not what the resume asks for; the batch stays paused.
    #[error("the batch stays paused: {reason}")]
    ResumeRefused {
        /// What was asked for and what was seen.
        reason: String,
    },
    /// The provider's model list could not be had.
    #[error("{0}")]
    VersionsUnavailable(#[source] VersionsError),
    /// The coordination rows could not be read or written.
    #[error("coordination failed: {0}")]
    Coordination(#[source] VersionsError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored thing is not what this build wrote, or cannot be worked with.
    #[error("{what}: {detail}")]
    Internal {
        /// What was being done.
        what: &'static str,
        /// What went wrong.
        detail: String,
    },
}

fn first_pointer(errors: &[FieldError]) -> &str {
    errors.first().map_or("", |error| error.pointer.as_str())
}

fn first_detail(errors: &[FieldError]) -> &str {
    errors.first().map_or("", |error| error.detail.as_str())
}

impl OpError {
    /// A refusal for one offence.
    pub fn field(code: ErrorCode, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Validation(vec![FieldError::new(pointer, code, detail)])
    }

    pub(crate) const fn not_found(what: &'static str) -> Self {
        Self::NotFound { what }
    }

    pub(crate) fn internal(what: &'static str, detail: &(impl std::fmt::Display + ?Sized)) -> Self {
        Self::Internal { what, detail: detail.to_string() }
    }

    /// Why there is no version list: the provider, or our own database.
    pub(crate) fn versions(error: VersionsError) -> Self {
        match error {
            VersionsError::Coord(_) => Self::Coordination(error),
            VersionsError::Provider(_)
            | VersionsError::FetchTimeout { .. }
            | VersionsError::WaitTimeout { .. }
            | VersionsError::Interrupted => Self::VersionsUnavailable(error),
        }
    }

    /// The code of the problem that a client sees.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::Forbidden { .. } => ErrorCode::Forbidden,
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::IdempotencyMismatch { .. } => ErrorCode::IdempotencyMismatch,
            Self::IdempotencyInProgress => ErrorCode::IdempotencyInProgress,
            Self::PlanMismatch { .. } => ErrorCode::PlanMismatch,
            Self::BatchState { .. } => ErrorCode::BatchState,
            Self::ScheduleState { .. } => ErrorCode::ScheduleState,
            Self::ResumeRefused { .. } => ErrorCode::ResumeRefused,
            Self::VersionsUnavailable(_) => ErrorCode::VersionsUnavailable,
            Self::Coordination(_)
            | Self::Store(
                StoreError::Unavailable { .. }
                | StoreError::PendingMigrations { .. }
                | StoreError::NewerSchema { .. },
            ) => ErrorCode::Unavailable,
            Self::Store(
                StoreError::Conflict { .. } | StoreError::Corrupt { .. } | StoreError::Engine { .. },
            )
            | Self::Internal { .. } => ErrorCode::Internal,
        }
    }

    /// Whether the same call may succeed a moment later: the database could not serve.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unavailable { .. }))
    }
}
