//! The lock epochs of a batch and the looks at its canary prompts, proved.

use stet_domain::Digest;
use stet_domain::batch::BatchStatus;
use stet_domain::code::ErrorCode;
use stet_domain::record::RecordKeys;
use stet_domain::verify::{
    CANARY_PURPOSE, Disagreement, holds, same_digest, verify_canary, verify_exchanges, verify_lock,
};
use stet_store::{AttemptRow, BatchView, ExchangeRow, SealedCanaryLook, SealedLock};

use crate::record::{canary_record, exchange_records, lock_record};

/// What is stored of a batch's preflight and resumes.
pub(super) struct Preflighted {
    pub(super) locks: Vec<SealedLock>,
    pub(super) looks: Vec<SealedCanaryLook>,
    pub(super) attempts: Vec<AttemptRow>,
    /// Canary prompts of the template.
    pub(super) prompts: usize,
}

impl Preflighted {
    /// Epochs are numbered without a gap, the last is in force, and each is what its preflight's attempt exchanged; so are the looks.
    pub(super) fn prove(&self, keys: &RecordKeys, view: &BatchView) -> Result<(), Disagreement> {
        for (number, lock) in (1_i64..).zip(&self.locks) {
            self.lock(keys, view, number, lock)
                .map_err(|found| found.within(&format!("lock_epochs/{number}")))?;
        }
        self.in_force(view)?;
        for look in &self.looks {
            let place = format!("canary_looks/{}", look.row.preflight_fence.0);
            self.look(keys, view, look).map_err(|found| found.within(&place))?;
        }
        self.attempts.iter().try_for_each(|attempt| self.attempt(attempt))
    }

    fn exchanges(&self, fence: stet_domain::ids::Fence) -> &[ExchangeRow] {
        let attempt = self.attempts.iter().find(|attempt| attempt.fence == fence);
        attempt.map_or(&[][..], |attempt| &attempt.exchanges)
    }

    fn lock(
        &self,
        keys: &RecordKeys,
        view: &BatchView,
        number: i64,
        lock: &SealedLock,
    ) -> Result<(), Disagreement> {
        let (row, epoch) = (&view.row, lock.row.lock.epoch);
        holds("epoch", epoch == number, || format!("epoch {epoch} stands where {number} is due"))?;
        let record = lock_record(&row.org, row.id, &lock.row, lock.preflight_fence, &lock.sealed_exchanges);
        verify_lock(&record, keys, &lock.seal)?;
        verify_exchanges(&lock.sealed_exchanges, &exchange_records(self.exchanges(lock.preflight_fence)))?;
        let opening = self.looks.iter().find(|look| look.row.preflight_fence == lock.preflight_fence);
        let found = opening.map(|look| Digest::of(&look.row.outcomes));
        let shown = |digest: Option<Digest>| digest.map_or_else(|| "none".to_owned(), |it| it.to_string());
        holds("canary_sha256", lock.row.canary_sha256 == found, || {
            format!("stored {}, the look that opened it has {}", shown(lock.row.canary_sha256), shown(found))
        })
    }

    fn in_force(&self, view: &BatchView) -> Result<(), Disagreement> {
        let last = self.locks.last().map(|lock| lock.row.lock.epoch);
        holds("lock_epoch", view.control.lock_epoch == last, || {
            let shown =
                |epoch: Option<i64>| epoch.map_or_else(|| "none".to_owned(), |epoch| epoch.to_string());
            let (stored, last) = (shown(view.control.lock_epoch), shown(last));
            format!("{stored} is in force, the last one stored is {last}")
        })?;
        // A preflight that did not pass leaves none; cells start under one alone.
        if last.is_none() && matches!(view.control.status, BatchStatus::Running | BatchStatus::Completed) {
            let detail = format!("the batch is {} and no lock epoch is stored", view.control.status);
            return Err(Disagreement { field: "lock_epoch".into(), code: ErrorCode::RecordMissing, detail });
        }
        Ok(())
    }

    fn look(&self, keys: &RecordKeys, view: &BatchView, look: &SealedCanaryLook) -> Result<(), Disagreement> {
        let (row, exchanges) = (&view.row, exchange_records(self.exchanges(look.row.preflight_fence)));
        let record = canary_record(&row.org, row.id, &look.row, &look.sealed_exchanges);
        let outcomes = verify_canary(&record, keys, &look.seal, &exchanges)?;
        verify_exchanges(&look.sealed_exchanges, &exchanges)?;
        holds("outcomes", outcomes.0.len() == self.prompts, || {
            format!("{} outcomes are stored, the template has {} prompts", outcomes.0.len(), self.prompts)
        })
    }

    /// Every request is what its digest says, and an attempt that passed with canary prompts has left a look.
    fn attempt(&self, attempt: &AttemptRow) -> Result<(), Disagreement> {
        let fence = attempt.fence;
        for (index, exchange) in attempt.exchanges.iter().enumerate() {
            let field = format!("preflight_attempts/{}/exchanges/{index}/request_sha256", fence.0);
            same_digest(field, exchange.request_sha256, Digest::of(&exchange.request_body))?;
        }
        let passed = attempt.outcome == Some(stet_domain::attempt::AttemptOutcome::Recorded)
            && attempt.error_code.is_none();
        let asked = attempt.exchanges.iter().any(|exchange| exchange.purpose == CANARY_PURPOSE);
        if passed && asked && !self.looks.iter().any(|look| look.row.preflight_fence == fence) {
            return Err(Disagreement {
                field: format!("canary_looks/{}", fence.0).into(),
                code: ErrorCode::RecordMissing,
                detail: "canary prompts were sent, and no look is stored".to_owned(),
            });
        }
        Ok(())
    }
}
