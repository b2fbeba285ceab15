//! What preflight comes to.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchEvent, BatchStatus, PauseReason, step};
use stet_domain::canary::CanaryOutcomes;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::echo::EchoDigests;
use stet_domain::ids::OrgId;
use stet_domain::lock::{Listed, Lock, Observation};
use stet_domain::record::sealed_exchanges;
use stet_domain::storable::storable;
use stet_store::{
    BatchControl, BatchView, CanaryLookRow, ExchangeRow, LockRow, PreflightAttemptEnd, PreflightClaim,
    SealedCanaryLook, SealedLock, Tx,
};

use crate::audit::{Change, SYSTEM};
use crate::record::{canary_record, exchange_records, lock_record};
use crate::{OpError, Ops};

/// The epoch that preflight opens.
const FIRST_EPOCH: i64 = 1;

/// How a preflight ended (system.md, "A batch" 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreflightEnd {
    /// It saw what the template holds to: lock epoch 1, and cells may start.
    Locked(PreflightLock),
    /// A resume saw what the lock in force says: the epoch goes on.
    Kept {
        /// What the template's canary prompts brought.
        canary: Option<CanaryOutcomes>,
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

/// What a lock epoch is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreflightLock {
    /// What was seen.
    pub observed: Observation,
    /// The version that an operator accepted in the place of the template's, where it is what was seen.
    pub lock_version: Option<String>,
    /// The service tier that served the probe.
    pub service_tier: Option<String>,
    /// The fingerprints of what the probe's answer echoes.
    pub echo: EchoDigests,
    /// What the provider's list says of the model.
    pub listed: Listed,
    /// What the template's canary prompts brought.
    pub canary: Option<CanaryOutcomes>,
}

impl PreflightLock {
    /// A lock of that observation about which nothing else is known.
    #[must_use]
    pub fn of(observed: Observation) -> Self {
        Self {
            observed,
            lock_version: None,
            service_tier: None,
            echo: EchoDigests::default(),
            listed: Listed::Unavailable,
            canary: None,
        }
    }
}

impl PreflightEnd {
    /// What the first preflight of a batch makes of it.
    const fn event(&self) -> BatchEvent {
        match self {
            Self::Locked(_) | Self::Kept { .. } => BatchEvent::PreflightPassed,
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
            Self::Locked(_) | Self::Kept { .. } => None,
            Self::Refused { code, .. } | Self::Outage { code, .. } | Self::Failed { code, .. } => Some(*code),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Locked(_) | Self::Kept { .. } => None,
            Self::Refused { detail, .. } | Self::Outage { detail, .. } | Self::Failed { detail, .. } => {
                Some(storable(detail.clone()))
            }
        }
    }

    /// The epoch that it opens after `last`, and the canary outcomes of the look.
    fn seen(self, last: Option<i64>, observed_at: Timestamp) -> (Option<LockRow>, Option<CanaryOutcomes>) {
        match self {
            Self::Locked(seen) => {
                let row = LockRow {
                    lock: Lock { epoch: last.map_or(FIRST_EPOCH, |last| last + 1), observed: seen.observed },
                    lock_version: seen.lock_version,
                    service_tier: seen.service_tier,
                    echo: seen.echo,
                    listed: Some(seen.listed),
                    canary_sha256: seen.canary.as_ref().map(CanaryOutcomes::sha256),
                    observed_at,
                };
                (Some(row), seen.canary)
            }
            Self::Kept { canary } => (None, canary),
            Self::Refused { .. } | Self::Outage { .. } | Self::Failed { .. } => (None, None),
        }
    }
}

/// Where a preflight or a resume leads, and whose word that is.
struct Moved {
    status: BatchStatus,
    pause_reason: Option<PauseReason>,
    reason: Option<String>,
    by: String,
}

impl Moved {
    fn by(
        claim: &PreflightClaim,
        end: &PreflightEnd,
        standing: Option<PauseReason>,
    ) -> Result<Self, OpError> {
        let illegal = |illegal| OpError::internal("ending a preflight", &illegal);
        let Some(resume) = &claim.resume else {
            let event = end.event();
            let status = step(BatchStatus::Preflight, event).map_err(illegal)?.state;
            let (pause_reason, reason) = (event.pause_reason(), end.reason());
            return Ok(Self { status, pause_reason, reason, by: SYSTEM.to_owned() });
        };
        if let Some(words) = end.reason() {
            let reason = Some(format!("resume refused: {words}"));
            return Ok(Self {
                status: BatchStatus::Paused,
                pause_reason: standing,
                reason,
                by: SYSTEM.to_owned(),
            });
        }
        let status = step(BatchStatus::Paused, resume.lock.event()).map_err(illegal)?.state;
        Ok(Self { status, pause_reason: None, reason: Some(resume.reason.clone()), by: resume.by.clone() })
    }
}

impl Ops {
    /// Ends a preflight or a resume under its claim, and its attempt with what it exchanged; `false` where the claim had passed on, and then the attempt
    /// alone is written, as fenced. A resume that is refused leaves the batch paused, with the words.
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
        let now = self.parts.clock.now();
        let attempt = PreflightAttemptEnd {
            outcome: AttemptOutcome::Recorded,
            error_code: end.code(),
            error_detail: end.detail(),
            exchanges,
            finished_at: now,
        };
        let id = claim.row.id;
        let mut tx = self.store().begin(org).await?;
        let Some(before) = tx.get_batch(id).await? else { return Ok(false) };
        let moved = Moved::by(claim, &end, before.control.pause_reason)?;
        let last = claim.lock.as_ref().map(|lock| lock.lock.epoch);
        let (lock, canary) = end.seen(last, now);
        let lock = lock.map(|row| self.seal_lock(org, claim, row, &attempt.exchanges));
        let control = BatchControl {
            status: moved.status,
            pause_reason: moved.pause_reason,
            reason: moved.reason,
            changed_by: moved.by,
            changed_at: now,
            lock_epoch: lock.as_ref().map(|lock| lock.row.lock.epoch).or(last),
            preflight_attempts: claim.attempts.saturating_add(1),
        };
        let held = tx.finish_preflight(id, claim.fence, &control, lock.as_ref(), &attempt).await?;
        if held {
            if let (Some(outcomes), Some(epoch)) = (canary, control.lock_epoch) {
                let sealed = self.seal_look(org, claim, epoch, &outcomes, &attempt);
                tx.insert_canary_look(id, &sealed).await?;
            }
            self.follow(&mut *tx, claim, &before, &control).await?;
        }
        tx.commit().await?;
        if held && control.status == BatchStatus::Running {
            self.parts.tasks.run_batch(org, id).await;
        }
        Ok(held)
    }

    /// What a batch that has moved asks for in the same transaction.
    async fn follow(
        &self,
        tx: &mut dyn Tx,
        claim: &PreflightClaim,
        before: &BatchView,
        control: &BatchControl,
    ) -> Result<(), OpError> {
        let id = claim.row.id;
        if control.status == BatchStatus::Failed {
            tx.cancel_waiting_runs(id, control.changed_at).await?;
        }
        if claim.resume.is_some() {
            let change = Change::control(id, &before.control, control);
            self.audit_system(tx, "resume_batch", change).await?;
            if control.status == BatchStatus::Running {
                // A paused batch never completes by itself, even with no cell left: resuming it does.
                tx.complete_batches(&[id], control.changed_at).await?;
            }
        }
        Ok(())
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

    fn seal_look(
        &self,
        org: &OrgId,
        claim: &PreflightClaim,
        lock_epoch: i64,
        outcomes: &CanaryOutcomes,
        attempt: &PreflightAttemptEnd,
    ) -> SealedCanaryLook {
        let row = CanaryLookRow {
            preflight_fence: claim.fence,
            lock_epoch,
            outcomes: outcomes.to_canonical_bytes(),
            observed_at: attempt.finished_at,
        };
        let sealed_exchanges = sealed_exchanges(&exchange_records(&attempt.exchanges));
        let seal = canary_record(org, claim.row.id, &row, &sealed_exchanges).seal(&self.parts.record_keys);
        SealedCanaryLook { row, sealed_exchanges, seal }
    }
}
