//! `POST /v1/templates/{id}/schedules`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use stet_domain::ids::TemplateId;
use stet_ops::NewSchedule;

use super::batch_run;
use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::{BATCH_BODY_BYTES, Posted};
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Makes a schedule: a batch of the template at each due time, in the name of this key. Its batch is planned once to be judged now.
#[utoipa::path(
    post,
    path = "/v1/templates/{id}/schedules",
    operation_id = "create_schedule",
    tag = "schedules",
    request_body = wire::CreateSchedule,
    params(
        ("id" = String, Path, description = "`tpl_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 201, description = "Made; `Location` shows the schedule", body = wire::Schedule),
        (status = 200, description = "Of a replay, the schedule", body = wire::Schedule),
    )
)]
pub(crate) async fn create_schedule(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    posted: Posted<BATCH_BODY_BYTES>,
) -> Result<Response, Problem> {
    let submitted = read(posted.json)?;
    let done = state.ops.create_schedule(&caller.0, id, &submitted, posted.idempotent.as_ref()).await?;
    let schedule = wire::Schedule::from(done.value);
    let location = format!("/v1/schedules/{}", schedule.id);
    Ok(created(done.how, StatusCode::CREATED, &location, &schedule))
}

/// Every offence at once, those of the batch under `/batch`.
fn read(json: stet_canon::Json) -> Result<NewSchedule, Problem> {
    let mut fields = Fields::of(json)?;
    let name = fields.string("name");
    let cron = fields.string("cron");
    let time_zone = fields.string("time_zone");
    let catch_up = fields.optional_string("catch_up");
    let batch = match fields.required("batch") {
        stet_canon::Json::Null => None,
        batch => match batch_run::read(batch, None) {
            Ok(batch) => Some(batch),
            Err(problem) => {
                fields.refuse_under("batch", problem.errors);
                None
            }
        },
    };
    fields.finish()?;
    // Without one an offence was noted, and the line above answered.
    let batch = batch.ok_or_else(Problem::internal)?;
    Ok(NewSchedule { name, cron, time_zone, catch_up, batch })
}
