//! A schedule, held.

use stet_domain::ids::ScheduleId;
use stet_domain::schedule::ScheduleEvent;

use super::ScheduleDecision;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Holds a schedule: due times that come from now on make no batch. A firing that is under way ends first.
    ///
    /// # Errors
    /// [`OpError::ScheduleState`] where it has ended; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn pause_schedule(
        &self,
        actor: &Actor,
        id: ScheduleId,
        why: Option<&str>,
    ) -> Result<ScheduleDecision, OpError> {
        self.decide_schedule(actor, Operation::PauseSchedule, (id, ScheduleEvent::Pause), why).await
    }
}
