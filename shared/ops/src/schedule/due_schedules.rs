//! Schedules that are due.

use stet_domain::ids::{OrgId, ScheduleId};

use crate::{OpError, Ops};

/// Schedules that one look takes up at most; what is left over is the next one's.
const DUE_LIMIT: u32 = 100;

impl Ops {
    /// Active schedules that are due, of every org, the longest waiting first; a bounded number.
    ///
    /// # Errors
    /// [`OpError::Store`].
    pub async fn due_schedules(&self) -> Result<Vec<(OrgId, ScheduleId)>, OpError> {
        Ok(self.store().due_schedules(DUE_LIMIT).await?)
    }
}
