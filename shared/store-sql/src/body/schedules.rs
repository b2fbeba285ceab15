//! Schedules and what became of their due times.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, ScheduleId, TemplateId};
use stet_domain::schedule::{CatchUp, FireOutcome, ScheduleState};
use stet_store::{
    FireRow, Page, PageRequest, Position, ScheduleRow, ScheduleStanding, Schedules, StoreError,
};

use super::params::integer;
use super::{Columns, Row, Transaction, page, queries};

#[async_trait]
impl Schedules for Transaction {
    async fn insert_schedule(&mut self, row: &ScheduleRow) -> Result<(), StoreError> {
        let standing = &row.standing;
        let query = self
            .scoped(queries::INSERT_SCHEDULE)
            .bind(row.id.to_bytes().to_vec())
            .bind(row.template.to_bytes().to_vec())
            .bind(row.name.clone())
            .bind(row.cron.clone())
            .bind(row.time_zone.clone())
            .bind(row.catch_up.as_str())
            .bind(row.batch.clone())
            .bind(row.created_by.clone())
            .bind(row.created_at.0)
            .bind(standing.state.as_str())
            .bind(standing.next_due_at.map(|at| at.0))
            .bind(standing.reason.clone())
            .bind(standing.changed_by.clone())
            .bind(standing.changed_at.0);
        self.run(query).await?;
        Ok(())
    }

    async fn get_schedule(&mut self, id: ScheduleId) -> Result<Option<ScheduleRow>, StoreError> {
        let query = self.scoped(queries::GET_SCHEDULE).bind(id.to_bytes().to_vec());
        self.optional(query).await?.as_ref().map(read_schedule).transpose()
    }

    async fn hold_schedule(&mut self, id: ScheduleId) -> Result<Option<ScheduleRow>, StoreError> {
        let query = self.scoped(queries::HOLD_SCHEDULE).bind(id.to_bytes().to_vec());
        self.optional(query).await?.as_ref().map(read_schedule).transpose()
    }

    async fn hold_due_schedule(
        &mut self,
        id: ScheduleId,
    ) -> Result<Option<(ScheduleRow, Timestamp)>, StoreError> {
        let query = self.scoped(queries::HOLD_DUE_SCHEDULE).bind(id.to_bytes().to_vec());
        let Some(row) = self.optional(query).await? else { return Ok(None) };
        Ok(Some((read_schedule(&row)?, Columns::of("clock", &row).time("now_us")?)))
    }

    async fn list_schedules(&mut self, request: PageRequest) -> Result<Page<ScheduleRow>, StoreError> {
        let (created_at_us, id) = page::start(request);
        let query = self
            .scoped(queries::LIST_SCHEDULES)
            .bind(created_at_us)
            .bind(id.to_vec())
            .bind(page::rows_wanted(request));
        let rows = self.all(query).await?;
        page::build(request, &rows, read_schedule, |row| Position {
            created_at: row.created_at,
            id: row.id.to_bytes(),
        })
    }

    async fn count_open_schedules(&mut self) -> Result<u64, StoreError> {
        let query = self.scoped(queries::COUNT_OPEN_SCHEDULES);
        let row = self.optional(query).await?;
        row.map_or(Ok(0), |row| Columns::of("schedules", &row).number("open"))
    }

    async fn set_schedule(&mut self, id: ScheduleId, to: &ScheduleStanding) -> Result<(), StoreError> {
        let query = self
            .scoped(queries::SET_SCHEDULE)
            .bind(id.to_bytes().to_vec())
            .bind(to.state.as_str())
            .bind(to.next_due_at.map(|at| at.0))
            .bind(to.reason.clone())
            .bind(to.changed_by.clone())
            .bind(to.changed_at.0);
        self.run(query).await?;
        Ok(())
    }

    async fn insert_fire(&mut self, id: ScheduleId, row: &FireRow) -> Result<(), StoreError> {
        let query = self
            .scoped(queries::INSERT_FIRE)
            .bind(id.to_bytes().to_vec())
            .bind(row.due_at.0)
            .bind(row.through_at.0)
            .bind(integer(row.due_times))
            .bind(row.outcome.as_str())
            .bind(row.batch.map(|batch| batch.to_bytes().to_vec()))
            .bind(row.code.map(ErrorCode::as_str))
            .bind(row.detail.clone())
            .bind(row.at.0);
        self.run(query).await?;
        Ok(())
    }

    async fn list_fires(
        &mut self,
        id: ScheduleId,
        request: PageRequest,
    ) -> Result<Page<FireRow>, StoreError> {
        let (due_at_us, _) = page::start(request);
        let query = self
            .scoped(queries::LIST_FIRES)
            .bind(id.to_bytes().to_vec())
            .bind(due_at_us)
            .bind(page::rows_wanted(request));
        let rows = self.all(query).await?;
        page::build(request, &rows, read_fire, |row| Position { created_at: row.due_at, id: id.to_bytes() })
    }

    async fn find_fire(&mut self, batch: BatchId) -> Result<Option<(ScheduleId, Timestamp)>, StoreError> {
        let query = self.scoped(queries::FIND_FIRE).bind(batch.to_bytes().to_vec());
        let Some(row) = self.optional(query).await? else { return Ok(None) };
        let columns = Columns::of("schedule_fires", &row);
        Ok(Some((ScheduleId::from_bytes(columns.array("schedule_id")?), columns.time("due_at_us")?)))
    }
}

fn read_schedule(row: &Row) -> Result<ScheduleRow, StoreError> {
    let columns = Columns::of("schedules", row);
    Ok(ScheduleRow {
        org: columns.named("org_id", |text| text.parse().ok())?,
        id: ScheduleId::from_bytes(columns.array("schedule_id")?),
        template: TemplateId::from_bytes(columns.array("template_id")?),
        name: columns.text("name")?,
        cron: columns.text("cron")?,
        time_zone: columns.text("time_zone")?,
        catch_up: columns.named("catch_up", CatchUp::named)?,
        batch: columns.bytes("batch")?,
        created_by: columns.text("created_by")?,
        created_at: columns.time("created_at_us")?,
        standing: ScheduleStanding {
            state: columns.named("state", ScheduleState::named)?,
            next_due_at: columns.time_if("next_due_us")?,
            reason: columns.get("reason")?,
            changed_by: columns.text("changed_by")?,
            changed_at: columns.time("changed_at_us")?,
        },
    })
}

fn read_fire(row: &Row) -> Result<FireRow, StoreError> {
    let columns = Columns::of("schedule_fires", row);
    Ok(FireRow {
        due_at: columns.time("due_at_us")?,
        through_at: columns.time("through_at_us")?,
        due_times: columns.number("due_times")?,
        outcome: columns.named("outcome", FireOutcome::named)?,
        batch: columns.array_if("batch_id")?.map(BatchId::from_bytes),
        code: columns.named_if("error_code", ErrorCode::named)?,
        detail: columns.get("error_detail")?,
        at: columns.time("at_us")?,
    })
}
