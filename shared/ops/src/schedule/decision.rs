//! What an operator decides on a schedule.

use stet_domain::clock::Timestamp;
use stet_domain::ids::ScheduleId;
use stet_domain::schedule::{FireOutcome, ScheduleEffect, ScheduleEvent, ScheduleState, step};
use stet_store::{FireRow, ScheduleRow, ScheduleStanding, Tx};

use super::{cadence, required_schedule};
use crate::audit::Change;
use crate::batch::reason;
use crate::{Actor, OpError, Operation, Ops};

/// A schedule after a decision; the same decision made twice changes nothing the second time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleDecision {
    /// Whether this request changed anything.
    pub changed: bool,
    /// The schedule as it stands now.
    pub schedule: ScheduleRow,
}

impl Ops {
    /// Moves a schedule by an operator's event, and writes down who, when and why.
    pub(super) async fn decide_schedule(
        &self,
        actor: &Actor,
        operation: Operation,
        (id, event): (ScheduleId, ScheduleEvent),
        why: Option<&str>,
    ) -> Result<ScheduleDecision, OpError> {
        actor.may(operation)?;
        let why = why.map(reason).transpose()?;
        // Before the row is held: a due time that comes in between is the next one's.
        let now = self.store().now().await?;
        let mut tx = self.store().begin(&actor.org).await?;
        let held = tx.hold_schedule(id).await?.ok_or(OpError::not_found("schedule"))?;
        let from = &held.standing;
        let next = step(from.state, event)
            .map_err(|illegal| OpError::ScheduleState { state: from.state, detail: illegal.to_string() })?;
        if next.state == from.state {
            return Ok(ScheduleDecision { changed: false, schedule: held });
        }
        let mut next_due_at = from.next_due_at;
        for (effect, outcome) in PASSED {
            if next.effects.contains(&effect) {
                next_due_at = tell_passed(&mut *tx, &held, outcome, now).await?;
            }
        }
        let to = ScheduleStanding {
            state: next.state,
            next_due_at: next_due_at.filter(|_| next.state != ScheduleState::Ended),
            reason: why,
            changed_by: actor.key_id.to_string(),
            changed_at: self.parts.clock.now(),
        };
        tx.set_schedule(id, &to).await?;
        self.audit(&mut *tx, actor, operation, Change::standing(id, from, &to)).await?;
        let schedule = required_schedule(&mut *tx, id).await?;
        tx.commit().await?;
        Ok(ScheduleDecision { changed: true, schedule })
    }
}

/// What becomes of due times that have passed when a schedule goes on or ends.
const PASSED: [(ScheduleEffect, FireOutcome); 2] =
    [(ScheduleEffect::TellPaused, FireOutcome::Paused), (ScheduleEffect::TellMissed, FireOutcome::Missed)];

/// Tells the due times that have passed; answers the first that did not.
async fn tell_passed(
    tx: &mut dyn Tx,
    held: &ScheduleRow,
    outcome: FireOutcome,
    now: Timestamp,
) -> Result<Option<Timestamp>, OpError> {
    let Some(due) = held.standing.next_due_at else { return Ok(None) };
    let cadence = cadence(held)?;
    let Some(span) = cadence.passed(due, now) else { return Ok(Some(due)) };
    tx.insert_fire(held.id, &FireRow::of(span, outcome, now)).await?;
    Ok(cadence.next_after(span.last))
}
