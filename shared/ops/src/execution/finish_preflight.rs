//! What preflight comes to.

use stet_domain::attempt::AttemptOutcome;
use stet_domain::batch::{BatchStatus, PauseReason, step};
use stet_domain::canary::CanaryOutcomes;
use stet_domain::ids::OrgId;
use stet_domain::record::{Record as _, sealed_exchanges};
use stet_store::{
    BatchControl, BatchView, CanaryLookRow, ExchangeRow, LockRow, PreflightAttemptEnd, PreflightClaim,
    SealedCanaryLook, SealedLock, Tx,
};

use super::preflight_end::PreflightEnd;
use crate::audit::{Change, SYSTEM};
use crate::batch::FIRST_WINDOW;
use crate::record::{canary_record, exchange_records, lock_record};
use crate::{OpError, Ops};

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
        let first = tx.waiting_cells(id, FIRST_WINDOW).await?;
        tx.commit().await?;
        if held && control.status == BatchStatus::Running {
            self.parts.tasks.run_batch(org, id, &first, None).await;
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
