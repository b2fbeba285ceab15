//! What preflight comes to.

use stet_domain::Digest;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchEvent, BatchStatus, step};
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::OrgId;
use stet_domain::lock::{Lock, Observation};
use stet_domain::record::sealed_exchanges;
use stet_domain::storable::storable;
use stet_store::{BatchControl, ExchangeRow, LockRow, PreflightAttemptEnd, PreflightClaim, SealedLock};

use crate::audit::SYSTEM;
use crate::record::{exchange_records, lock_record};
use crate::{OpError, Ops};

/// The epoch that preflight opens.
const FIRST_EPOCH: i64 = 1;

/// How a preflight ended (system.md, "A batch" 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightEnd {
    /// It saw what the template holds to: lock epoch 1, and cells may start.
    Locked {
        /// What was seen.
        observed: Observation,
        /// The service tier that served the probe.
        service_tier: Option<String>,
        /// The fingerprint of the echoed settings.
        echo_sha256: Option<Digest>,
    },
    /// It saw another version, or a fingerprint that is not allowed or not offered: the batch pauses before a cell is spent.
    Refused {
        /// `MODEL_VERSION_MISMATCH`, `FINGERPRINT_NOT_ALLOWED` or `FINGERPRINT_NOT_OFFERED`.
        code: ErrorCode,
        /// What was seen and what is asked for.
        detail: String,
    },
    /// The provider cannot serve until a person acts: the batch pauses with `provider_outage`.
    Outage {
        /// The provider's code.
        code: ErrorCode,
        /// What it said.
        detail: String,
    },
    /// A final error: the batch fails, and its waiting runs are cancelled with `BATCH_ENDED`.
    Failed {
        /// The error.
        code: ErrorCode,
        /// What is known of it.
        detail: String,
    },
}

impl PreflightEnd {
    const fn event(&self) -> BatchEvent {
        match self {
            Self::Locked { .. } => BatchEvent::PreflightPassed,
            Self::Refused { .. } => BatchEvent::PreflightRefused,
            Self::Outage { .. } => BatchEvent::Outage,
            Self::Failed { .. } => BatchEvent::PreflightFailed,
        }
    }

    fn reason(&self) -> Option<String> {
        self.code().zip(self.detail()).map(|(code, detail)| format!("{code}: {detail}"))
    }

    const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Locked { .. } => None,
            Self::Refused { code, .. } | Self::Outage { code, .. } | Self::Failed { code, .. } => Some(*code),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Locked { .. } => None,
            Self::Refused { detail, .. } | Self::Outage { detail, .. } | Self::Failed { detail, .. } => {
                Some(storable(detail.clone()))
            }
        }
    }

    fn lock(self, observed_at: Timestamp) -> Option<LockRow> {
        match self {
            Self::Locked { observed, service_tier, echo_sha256 } => Some(LockRow {
                lock: Lock { epoch: FIRST_EPOCH, observed },
                lock_version: None,
                service_tier,
                echo_sha256,
                observed_at,
            }),
            Self::Refused { .. } | Self::Outage { .. } | Self::Failed { .. } => None,
        }
    }
}

impl Ops {
    /// Ends a preflight under its claim, and its attempt with what it exchanged; `false` where the claim had passed on, and then the attempt alone is
    /// written, as fenced.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn finish_preflight(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        end: PreflightEnd,
        exchanges: Vec<ExchangeRow>,
    ) -> Result<bool, OpError> {
        let event = end.event();
        let next = step(BatchStatus::Preflight, event)
            .map_err(|illegal| OpError::internal("ending a preflight", &illegal))?;
        let now = self.parts.clock.now();
        let reason = end.reason();
        let attempt = PreflightAttemptEnd {
            outcome: AttemptOutcome::Recorded,
            error_code: end.code(),
            error_detail: end.detail(),
            exchanges,
            finished_at: now,
        };
        let lock = end.lock(now).map(|row| self.seal_lock(org, claim, row, &attempt.exchanges));
        let control = BatchControl {
            status: next.state,
            pause_reason: event.pause_reason(),
            reason,
            changed_by: SYSTEM.to_owned(),
            changed_at: now,
            lock_epoch: lock.as_ref().map(|lock| lock.row.lock.epoch),
            preflight_attempts: claim.attempts.saturating_add(1),
        };
        let id = claim.row.id;
        let mut tx = self.store().begin(org).await?;
        let held = tx.finish_preflight(id, claim.fence, &control, lock.as_ref(), &attempt).await?;
        if held && control.status == BatchStatus::Failed {
            tx.cancel_waiting_runs(id, now).await?;
        }
        tx.commit().await?;
        if held && control.status == BatchStatus::Running {
            self.parts.tasks.run_batch(org, id).await;
        }
        Ok(held)
    }

    fn seal_lock(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        row: LockRow,
        exchanges: &[ExchangeRow],
    ) -> SealedLock {
        let sealed_exchanges = sealed_exchanges(&exchange_records(exchanges));
        let seal = lock_record(org, claim.row.id, &row, claim.fence, &sealed_exchanges)
            .seal(&self.parts.record_keys);
        SealedLock { row, preflight_fence: claim.fence, sealed_exchanges, seal }
    }
}
