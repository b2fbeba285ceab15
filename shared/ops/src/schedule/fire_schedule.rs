//! A due time of a schedule, made a batch.

use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, OrgId, ScheduleId};
use stet_domain::schedule::{DueSpan, FireOutcome, Turn};
use stet_domain::storable::storable;
use stet_store::{FireRow, NewBatch, ScheduleRow, ScheduleStanding, Tx};

use super::cadence;
use crate::batch::BatchSubmission;
use crate::template::required_template;
use crate::{Actor, OpError, Operation, Ops};

/// Characters that are kept of why a batch was refused.
const DETAIL_MAX_CHARS: usize = 1_000;

/// What became of a due schedule in one turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleTurn {
    /// The due time.
    pub due_at: Timestamp,
    /// The batch that it made; `None` where that was refused.
    pub batch: Option<BatchId>,
    /// Why it was refused.
    pub code: Option<ErrorCode>,
    /// Due times before it that are told as missed.
    pub missed: u64,
}

impl Ops {
    /// Takes the turn of a schedule: in one transaction a due time makes its batch, is told, and the next one stands. `None` where it is not due, or where
    /// somebody else is at it.
    ///
    /// Its batch goes the way of any submission, in the name of the schedule's maker as that key stands now. A refusal is told in the place of a batch, and
    /// the schedule goes on.
    ///
    /// # Errors
    /// [`OpError::Store`]: nothing is told then, and the due time is still to come.
    pub async fn fire_schedule(&self, org: &OrgId, id: ScheduleId) -> Result<Option<ScheduleTurn>, OpError> {
        let mut tx = self.store().begin(org).await?;
        let Some((row, now)) = tx.hold_due_schedule(id).await? else { return Ok(None) };
        let Some(due) = row.standing.next_due_at else { return Ok(None) };
        let (turn, batch) = match cadence(&row) {
            Ok(cadence) => (cadence.turn(due, now, row.catch_up), self.due_batch(&mut *tx, &row).await),
            // What no build can read any more is told once, and is never due again.
            Err(error) => (Turn { missed: None, fires: due, next: None }, Err(error)),
        };
        let mut told = FireRow::of(DueSpan::one(turn.fires), FireOutcome::Fired, now);
        let mut written = None;
        match batch {
            Ok((actor, batch)) => {
                let made = self.write_batch(&mut *tx, &actor, &batch, Some((id, turn.fires))).await?;
                told.batch = Some(batch.row.id);
                written = Some(made);
            }
            Err(error @ (OpError::Store(_) | OpError::Coordination(_))) => return Err(error),
            Err(refusal) => {
                told.outcome = FireOutcome::Failed;
                told.code = Some(refusal.code());
                told.detail = Some(detail(&refusal));
            }
        }
        if let Some(span) = turn.missed {
            tx.insert_fire(id, &FireRow::of(span, FireOutcome::Missed, now)).await?;
        }
        tx.insert_fire(id, &told).await?;
        tx.set_schedule(id, &ScheduleStanding { next_due_at: turn.next, ..row.standing }).await?;
        tx.commit().await?;
        if let Some(written) = &written {
            self.ring_for(org, written).await;
        }
        let missed = turn.missed.map_or(0, |span| span.due_times);
        Ok(Some(ScheduleTurn { due_at: turn.fires, batch: told.batch, code: told.code, missed }))
    }

    /// The batch of a due time, and in whose name it is submitted. Nothing is written yet: what is refused leaves nothing behind.
    async fn due_batch(&self, tx: &mut dyn Tx, row: &ScheduleRow) -> Result<(Actor, NewBatch), OpError> {
        let keys = tx.list_api_keys().await?;
        let key = keys.into_iter().find(|key| key.id.as_str() == row.created_by && key.revoked_at.is_none());
        let key = key.ok_or(OpError::Unauthenticated)?;
        let actor = Actor { org: row.org.clone(), key_id: key.id, role: key.role };
        actor.may(Operation::SubmitBatch)?;
        let submitted = BatchSubmission::from_kept(&row.batch).ok_or_else(|| {
            OpError::internal("reading a stored schedule", &format!("{}: its batch cannot be read", row.id))
        })?;
        let template = required_template(tx, row.template).await?;
        let batch = self.batch_of(&actor, &template, &submitted)?;
        Ok((actor, batch))
    }
}

fn detail(refusal: &OpError) -> String {
    storable(refusal.to_string().chars().take(DETAIL_MAX_CHARS).collect())
}
