//! A schedule, made.

use stet_domain::code::ErrorCode;
use stet_domain::field::FieldError;
use stet_domain::ids::{ScheduleId, TemplateId};
use stet_domain::schedule::{Cadence, CatchUp, ScheduleState};
use stet_store::{ResourceRef, ScheduleRow, ScheduleStanding, TemplateRow, Tx};

use super::required_schedule;
use crate::audit::Change;
use crate::idempotency::{begin, earlier, record};
use crate::template::{name_offence, required_template, typed};
use crate::{Actor, BatchSubmission, Done, How, IdempotentRequest, OpError, Operation, Ops};

/// A schedule as submitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    /// A person's name for it.
    pub name: String,
    /// A cron expression of five fields.
    pub cron: String,
    /// An IANA time zone name.
    pub time_zone: String,
    /// `latest` or `all`; `None` for `latest`.
    pub catch_up: Option<String>,
    /// What each due time submits.
    pub batch: BatchSubmission,
}

impl Ops {
    /// Makes a schedule of a template, active from now on. Its batches are tried out once, and are submitted in the actor's name.
    ///
    /// # Errors
    /// [`OpError::Validation`] with every offence, those of the batch under `/batch`; [`OpError::PlanMismatch`]; [`OpError::NotFound`];
    /// [`OpError::IdempotencyMismatch`]; [`OpError::IdempotencyInProgress`]; [`OpError::Store`]. Nothing was written then.
    pub async fn create_schedule(
        &self,
        actor: &Actor,
        template: TemplateId,
        submitted: &NewSchedule,
        idempotency: Option<&IdempotentRequest>,
    ) -> Result<Done<ScheduleRow>, OpError> {
        actor.may(Operation::CreateSchedule)?;
        let template = {
            let mut tx = self.store().read(&actor.org).await?;
            if let Some(resource) = earlier(self, &mut *tx, idempotency).await? {
                return replayed(&mut *tx, resource).await;
            }
            required_template(&mut *tx, template).await?
        };
        let row = self.new_schedule(actor, &template, submitted).await?;
        let (mut tx, resource) = begin(self, &actor.org, idempotency).await?;
        if let Some(resource) = resource {
            return replayed(&mut *tx, resource).await;
        }
        has_room(&mut *tx, self.parts.settings.limits.org_max_schedules).await?;
        tx.insert_schedule(&row).await?;
        self.audit(&mut *tx, actor, Operation::CreateSchedule, Change::schedule(&row)).await?;
        record(self, &mut *tx, idempotency, ResourceRef::Schedule(row.id)).await?;
        tx.commit().await?;
        Ok(Done::new(row))
    }

    async fn new_schedule(
        &self,
        actor: &Actor,
        template: &TemplateRow,
        submitted: &NewSchedule,
    ) -> Result<ScheduleRow, OpError> {
        let mut errors: Vec<FieldError> = name_offence(&submitted.name).into_iter().collect();
        let cadence =
            Cadence::parse(&submitted.cron, &submitted.time_zone).map_err(|found| errors.extend(found));
        let catch_up = catch_up(submitted.catch_up.as_deref()).map_err(|found| errors.push(found));
        match self.check_batch(template, &typed(template)?, &submitted.batch) {
            Ok(_) => {}
            Err(OpError::Validation(found)) => {
                errors.extend(found.into_iter().map(|error| error.under("/batch")));
            }
            Err(other) => return Err(other),
        }
        let (Ok(cadence), Ok(catch_up), true) = (cadence, catch_up, errors.is_empty()) else {
            return Err(OpError::Validation(errors));
        };
        // By the database's clock, as every due time is.
        let now = self.store().now().await?;
        let (made_by, made_at) = (actor.key_id.to_string(), self.parts.clock.now());
        Ok(ScheduleRow {
            org: actor.org.clone(),
            id: ScheduleId(self.parts.ids.ulid()),
            template: template.id,
            name: submitted.name.clone(),
            cron: submitted.cron.clone(),
            time_zone: cadence.time_zone().to_owned(),
            catch_up,
            batch: submitted.batch.to_kept(),
            created_by: made_by.clone(),
            created_at: made_at,
            standing: ScheduleStanding {
                state: ScheduleState::Active,
                next_due_at: cadence.next_after(now),
                reason: None,
                changed_by: made_by,
                changed_at: made_at,
            },
        })
    }
}

/// Two that are made at the same moment may both find the last place: the limit is there to bound what falls due, not to be met to the unit.
async fn has_room(tx: &mut dyn Tx, most: u32) -> Result<(), OpError> {
    let open = tx.count_open_schedules().await?;
    if open < u64::from(most) {
        return Ok(());
    }
    let detail = format!(
        "{open} schedules of this org have not ended, at most {most} may (ORG_MAX_SCHEDULES): end one first"
    );
    Err(OpError::Validation(vec![FieldError::new("", ErrorCode::TooMany, detail)]))
}

fn catch_up(submitted: Option<&str>) -> Result<CatchUp, FieldError> {
    let Some(text) = submitted else { return Ok(CatchUp::Latest) };
    CatchUp::named(text).ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        let detail = format!("{shown:?} is no way to catch up: latest or all");
        FieldError::new("/catch_up", ErrorCode::ValueNotAllowed, detail)
    })
}

async fn replayed(tx: &mut dyn Tx, resource: ResourceRef) -> Result<Done<ScheduleRow>, OpError> {
    match resource {
        ResourceRef::Schedule(id) => Ok(Done { value: required_schedule(tx, id).await?, how: How::Replayed }),
        ResourceRef::Template(_) | ResourceRef::Batch(_) | ResourceRef::Run(_) | ResourceRef::ApiKey(_) => {
            Err(OpError::internal("replaying a schedule", "the key's record names another kind of thing"))
        }
    }
}
