//! Schedules: recurring batches, exactly one a due time.

mod create_schedule;
mod decision;
mod due_schedules;
mod end_schedule;
mod fire_schedule;
mod get_schedule;
mod list_fires;
mod list_schedules;
mod pause_schedule;
mod resume_schedule;

use stet_domain::ids::ScheduleId;
use stet_domain::schedule::Cadence;
use stet_store::{ScheduleRow, Tx};

use crate::OpError;

pub use create_schedule::NewSchedule;
pub use decision::ScheduleDecision;
pub use fire_schedule::ScheduleTurn;
pub use get_schedule::ScheduleView;

/// The schedule, or that there is none.
async fn required_schedule(tx: &mut dyn Tx, id: ScheduleId) -> Result<ScheduleRow, OpError> {
    tx.get_schedule(id).await?.ok_or(OpError::not_found("schedule"))
}

/// When a stored schedule is due; it was readable when it was written.
fn cadence(row: &ScheduleRow) -> Result<Cadence, OpError> {
    Cadence::parse(&row.cron, &row.time_zone).map_err(|errors| {
        let first = errors.first().map(|error| error.detail.as_str()).unwrap_or_default();
        OpError::internal("reading a stored schedule", &format!("{}: {first}", row.id))
    })
}
