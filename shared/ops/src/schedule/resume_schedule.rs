//! A schedule, let go on.

use stet_domain::ids::ScheduleId;
use stet_domain::schedule::ScheduleEvent;

use super::ScheduleDecision;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Lets a paused schedule go on with its next due time; those that passed meanwhile are told as paused.
    ///
    /// # Errors
    /// [`OpError::ScheduleState`] where it has ended; [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn resume_schedule(
        &self,
        actor: &Actor,
        id: ScheduleId,
        why: Option<&str>,
    ) -> Result<ScheduleDecision, OpError> {
        self.decide_schedule(actor, Operation::ResumeSchedule, (id, ScheduleEvent::Resume), why).await
    }
}
