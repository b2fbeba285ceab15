//! Schedules.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use stet_domain::clock::Timestamp;
use stet_domain::ids::ScheduleId;
use stet_ops::ScheduleView;
use stet_store::{FireRow, ScheduleRow};
use utoipa::ToSchema;

use super::embedded;

/// A schedule: its definition, where it stands, what comes next and what came last.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Schedule {
    /// `sch_…`.
    pub id: String,
    /// What it runs.
    pub template_id: String,
    /// A person's name for it.
    pub name: String,
    /// When it is due: a cron expression of five fields.
    pub cron: String,
    /// Where that is: a name of the IANA time zone database.
    pub time_zone: String,
    /// What becomes of due times that passed while nobody looked: `latest` or `all`.
    pub catch_up: String,
    /// What each due time submits; left out in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub batch: Option<Box<RawValue>>,
    /// `active`, `paused` or `ended`.
    pub state: String,
    /// The first due time that nothing is told of; `null` where none will come. A paused schedule passes it by.
    #[schema(format = DateTime)]
    pub next_due_at: Option<String>,
    /// The next due times; none where it is not active. Only where one schedule is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upcoming: Option<Vec<String>>,
    /// What became of the last due times, newest first. Only where one schedule is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fires: Option<Vec<ScheduleFire>>,
    /// What the last decision says in words.
    pub reason: Option<String>,
    /// Who made it: an API key's id.
    pub changed_by: String,
    /// When.
    #[schema(format = DateTime)]
    pub changed_at: String,
    /// The API key in whose name its batches are submitted.
    pub created_by: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub created_at: String,
}

/// What became of a due time, or of a stretch of them that made no batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduleFire {
    /// The due time; of a stretch, the first.
    #[schema(format = DateTime)]
    pub due_at: String,
    /// The last of the stretch; the same where it is one.
    #[schema(format = DateTime)]
    pub through_at: String,
    /// How many due times the stretch has; 20,160 stands for that many and more.
    pub due_times: u64,
    /// `fired`, `failed`, `missed` or `paused`.
    pub outcome: String,
    /// The batch that it made.
    pub batch_id: Option<String>,
    /// Why its batch was refused.
    pub code: Option<String>,
    /// The refusal in words.
    pub detail: Option<String>,
    /// When that was written.
    #[schema(format = DateTime)]
    pub at: String,
}

/// What came of a decision on a schedule.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScheduleDecision {
    /// Whether this request changed anything.
    pub changed: bool,
    /// The schedule as it stands now.
    pub schedule: Schedule,
}

/// The due time of a schedule that made a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScheduledBy {
    /// `sch_…`.
    pub id: String,
    /// The due time.
    #[schema(format = DateTime)]
    pub due_at: String,
}

impl From<(ScheduleId, Timestamp)> for ScheduledBy {
    fn from((id, due_at): (ScheduleId, Timestamp)) -> Self {
        Self { id: id.to_string(), due_at: due_at.to_string() }
    }
}

impl Schedule {
    /// As lists show it.
    pub(crate) fn summary(row: ScheduleRow) -> Self {
        Self { batch: None, ..Self::from(row) }
    }
}

impl From<ScheduleRow> for Schedule {
    fn from(row: ScheduleRow) -> Self {
        let standing = row.standing;
        Self {
            id: row.id.to_string(),
            template_id: row.template.to_string(),
            name: row.name,
            cron: row.cron,
            time_zone: row.time_zone,
            catch_up: row.catch_up.to_string(),
            batch: Some(embedded(row.batch)),
            state: standing.state.to_string(),
            next_due_at: standing.next_due_at.map(|at| at.to_string()),
            upcoming: None,
            fires: None,
            reason: standing.reason,
            changed_by: standing.changed_by,
            changed_at: standing.changed_at.to_string(),
            created_by: row.created_by,
            created_at: row.created_at.to_string(),
        }
    }
}

impl From<ScheduleView> for Schedule {
    fn from(view: ScheduleView) -> Self {
        Self {
            upcoming: Some(view.upcoming.iter().map(ToString::to_string).collect()),
            fires: Some(view.fires.into_iter().map(ScheduleFire::from).collect()),
            ..Self::from(view.row)
        }
    }
}

impl From<FireRow> for ScheduleFire {
    fn from(row: FireRow) -> Self {
        Self {
            due_at: row.due_at.to_string(),
            through_at: row.through_at.to_string(),
            due_times: row.due_times,
            outcome: row.outcome.to_string(),
            batch_id: row.batch.map(|batch| batch.to_string()),
            code: row.code.map(|code| code.as_str().to_owned()),
            detail: row.detail,
            at: row.at.to_string(),
        }
    }
}

impl From<stet_ops::ScheduleDecision> for ScheduleDecision {
    fn from(decision: stet_ops::ScheduleDecision) -> Self {
        Self { changed: decision.changed, schedule: decision.schedule.into() }
    }
}
