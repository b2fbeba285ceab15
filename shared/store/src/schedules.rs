//! Schedules and what became of their due times.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, OrgId, ScheduleId, TemplateId};
use stet_domain::schedule::{CatchUp, DueSpan, FireOutcome, ScheduleState};

use crate::{Page, PageRequest, StoreError};

/// A schedule: a definition that never changes, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Its org.
    pub org: OrgId,
    /// Its id.
    pub id: ScheduleId,
    /// What it runs.
    pub template: TemplateId,
    /// A person's name for it.
    pub name: String,
    /// When it is due.
    pub cron: String,
    /// Where that is.
    pub time_zone: String,
    /// What becomes of due times that passed while nobody looked.
    pub catch_up: CatchUp,
    /// The submission of each batch, in canonical JSON.
    pub batch: Vec<u8>,
    /// The API key in whose name its batches are submitted.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Where it stands.
    pub standing: ScheduleStanding,
}

/// Where a schedule stands: what changes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleStanding {
    /// Active, paused or ended.
    pub state: ScheduleState,
    /// The first due time that nothing is told of; `None` where there is none.
    pub next_due_at: Option<Timestamp>,
    /// What the last decision says in words.
    pub reason: Option<String>,
    /// Who made it: an API key's id.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// What became of a due time, or of a stretch of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FireRow {
    /// The due time; of a stretch, the first.
    pub due_at: Timestamp,
    /// The last of the stretch; the same where it is one.
    pub through_at: Timestamp,
    /// How many due times the stretch has.
    pub due_times: u64,
    /// What became of it.
    pub outcome: FireOutcome,
    /// The batch that it made.
    pub batch: Option<BatchId>,
    /// Why its batch was refused.
    pub code: Option<ErrorCode>,
    /// The refusal in words.
    pub detail: Option<String>,
    /// When that was written, by the database's clock.
    pub at: Timestamp,
}

impl FireRow {
    /// What became of a stretch, or of the one due time that it is; where that made a batch or was refused, the fields of it are set besides.
    #[must_use]
    pub const fn of(span: DueSpan, outcome: FireOutcome, at: Timestamp) -> Self {
        let DueSpan { first, last, due_times } = span;
        Self {
            due_at: first,
            through_at: last,
            due_times,
            outcome,
            batch: None,
            code: None,
            detail: None,
            at,
        }
    }
}

/// Schedules of one org.
#[async_trait]
pub trait Schedules {
    /// Writes a schedule.
    async fn insert_schedule(&mut self, row: &ScheduleRow) -> Result<(), StoreError>;

    /// The schedule of that id.
    async fn get_schedule(&mut self, id: ScheduleId) -> Result<Option<ScheduleRow>, StoreError>;

    /// The schedule of that id, its row locked until the transaction ends.
    async fn hold_schedule(&mut self, id: ScheduleId) -> Result<Option<ScheduleRow>, StoreError>;

    /// The same where it is active and due by the database's clock, and no other transaction holds it: that one sees to it, and nobody waits for it. With the
    /// moment at which it was looked.
    async fn hold_due_schedule(
        &mut self,
        id: ScheduleId,
    ) -> Result<Option<(ScheduleRow, Timestamp)>, StoreError>;

    /// A page of schedules, newest first.
    async fn list_schedules(&mut self, page: PageRequest) -> Result<Page<ScheduleRow>, StoreError>;

    /// How many schedules have not ended.
    async fn count_open_schedules(&mut self) -> Result<u64, StoreError>;

    /// Moves a schedule that the transaction holds.
    async fn set_schedule(&mut self, id: ScheduleId, to: &ScheduleStanding) -> Result<(), StoreError>;

    /// Writes down what became of a due time.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where something is told of it already.
    async fn insert_fire(&mut self, id: ScheduleId, row: &FireRow) -> Result<(), StoreError>;

    /// A page of what became of a schedule's due times, newest first; [`crate::Position::id`] plays no part in it.
    async fn list_fires(&mut self, id: ScheduleId, page: PageRequest) -> Result<Page<FireRow>, StoreError>;

    /// The schedule and due time that made the batch; `None` where a person did.
    async fn find_fire(&mut self, batch: BatchId) -> Result<Option<(ScheduleId, Timestamp)>, StoreError>;
}
