//! `POST /v1/api-keys`.

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use secrecy::ExposeSecret as _;
use stet_domain::code::ErrorCode;
use stet_domain::role::Role;
use stet_ops::How;

use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::query::Query;
use crate::state::ApiState;
use crate::wire;

/// Makes a key of the org; its token is shown this once.
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    operation_id = "create_api_key",
    tag = "api-keys",
    request_body = wire::CreateApiKey,
    responses((status = 201, description = "Created", body = wire::CreatedApiKey))
)]
pub(crate) async fn create_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    uri: Uri,
    posted: Posted,
) -> Result<Response, Problem> {
    Query::none(&uri)?;
    let (role, label) = read(posted)?;
    let made = state.ops.create_api_key(&caller.0, role, &label).await?;
    let location = format!("/v1/api-keys/{}", made.key.id);
    let token = made.token.expose_secret().to_owned();
    let body = wire::CreatedApiKey { key: made.key.into(), token };
    Ok(created(How::New, StatusCode::CREATED, &location, &body))
}

fn read(posted: Posted) -> Result<(Role, String), Problem> {
    if posted.idempotent.is_some() {
        // A key's secret is shown once, so a replay could not answer as the first did; better no promise than a broken one.
        return Err(Problem::new(ErrorCode::BadRequest, "the header Idempotency-Key is not taken here"));
    }
    let mut fields = Fields::of(posted.json)?;
    let role = fields.required_name("role", "viewer, submitter, operator or admin", Role::named);
    let label = fields.string("label");
    fields.finish()?;
    // An absent or unknown role was refused; the least one stands in only to be thrown away.
    Ok((role.unwrap_or(Role::Viewer), label))
}
