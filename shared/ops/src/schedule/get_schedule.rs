//! One schedule.

use stet_domain::clock::Timestamp;
use stet_domain::ids::ScheduleId;
use stet_domain::schedule::ScheduleState;
use stet_store::{FireRow, PageRequest, ScheduleRow};

use super::{cadence, required_schedule};
use crate::{Actor, OpError, Operation, Ops};

/// Due times to come, and times that were, that are shown beside a schedule.
const SHOWN: u32 = 5;

/// A schedule with what comes next and what came last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleView {
    /// The schedule.
    pub row: ScheduleRow,
    /// Its next due times; none where it is not active.
    pub upcoming: Vec<Timestamp>,
    /// What became of its last due times, newest first.
    pub fires: Vec<FireRow>,
}

impl Ops {
    /// The schedule: definition, where it stands, its next due times and its last ones.
    ///
    /// # Errors
    /// [`OpError::NotFound`], for a schedule of another org too; [`OpError::Store`].
    pub async fn get_schedule(&self, actor: &Actor, id: ScheduleId) -> Result<ScheduleView, OpError> {
        actor.may(Operation::GetSchedule)?;
        let mut tx = self.store().read(&actor.org).await?;
        let row = required_schedule(&mut *tx, id).await?;
        let fires = tx.list_fires(id, PageRequest { after: None, limit: SHOWN }).await?.items;
        let upcoming = match (row.standing.state, row.standing.next_due_at) {
            (ScheduleState::Active, Some(due)) => {
                let further = cadence(&row)?.upcoming(due, SHOWN as usize - 1);
                [due].into_iter().chain(further).collect()
            }
            (ScheduleState::Active | ScheduleState::Paused | ScheduleState::Ended, _) => Vec::new(),
        };
        Ok(ScheduleView { row, upcoming, fires })
    }
}
