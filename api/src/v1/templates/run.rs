//! `POST /v1/templates/{id}/run`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use stet_domain::ids::TemplateId;
use stet_ops::{Done, How, RunSubmission};

use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::path_id::PathId;
use crate::posted::Posted;
use crate::prefer::Prefer;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Runs one cell and waits for its end.
#[utoipa::path(
    post,
    path = "/v1/templates/{id}/run",
    operation_id = "run_template",
    tag = "templates",
    request_body = wire::SubmitRun,
    params(
        ("id" = String, Path, description = "`tpl_…`"),
        ("Prefer" = Option<String>, Header, description = "`wait=SECONDS` (at most 120) or `respond-async`"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 200, description = "The run ended, or the request is a replay", body = wire::Run),
        (status = 202, description = "The run goes on; `Location` shows it", body = wire::Run),
    )
)]
pub(crate) async fn run_template(
    State(state): State<ApiState>,
    caller: Caller,
    PathId(id): PathId<TemplateId>,
    prefer: Prefer,
    posted: Posted,
) -> Result<Response, Problem> {
    let submitted = read(&posted)?;
    let done = state.ops.submit_run(&caller.0, id, &submitted, posted.idempotent.as_ref()).await?;
    let done = wait(&state, &caller, prefer, done).await?;
    let run = wire::Run::from(done.value);
    let first = if run.end.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok(prefer.applied(created(done.how, first, &format!("/v1/runs/{}", run.id), &run)))
}

type Submitted = Done<stet_store::RunView>;

/// Waits for a run that this request made; a replay answers with what stands.
async fn wait(
    state: &ApiState,
    caller: &Caller,
    prefer: Prefer,
    done: Submitted,
) -> Result<Submitted, Problem> {
    match done.how {
        How::New => {
            let wait = prefer.wait(state.options.run_wait);
            let value = state.ops.wait_run(&caller.0, done.value.row.id, wait).await?;
            Ok(Done { value, how: How::New })
        }
        How::Same | How::Replayed => Ok(done),
    }
}

fn read(posted: &Posted) -> Result<RunSubmission, Problem> {
    let mut fields = Fields::of(posted.json.clone())?;
    let submitted = RunSubmission {
        locale: fields.string("locale"),
        grounding_mode: fields.string("grounding_mode"),
        inputs: fields.optional("inputs").unwrap_or(stet_canon::Json::Null),
        trace: posted.trace.clone(),
    };
    fields.finish()?;
    Ok(submitted)
}
