//! A schedule, ended.

use stet_domain::ids::ScheduleId;
use stet_domain::schedule::ScheduleEvent;

use super::ScheduleDecision;
use crate::{Actor, OpError, Operation, Ops};

impl Ops {
    /// Ends a schedule for good. Its batches stay what they are.
    ///
    /// # Errors
    /// [`OpError::Validation`]; [`OpError::NotFound`]; [`OpError::Store`].
    pub async fn end_schedule(
        &self,
        actor: &Actor,
        id: ScheduleId,
        why: Option<&str>,
    ) -> Result<ScheduleDecision, OpError> {
        self.decide_schedule(actor, Operation::EndSchedule, (id, ScheduleEvent::End), why).await
    }
}
