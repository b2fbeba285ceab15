//! `POST /v1/api-keys`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use secrecy::ExposeSecret as _;
use stet_canon::Json;
use stet_domain::role::Role;

use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Makes a key of the org; its token is shown this once, and never by a replay.
#[utoipa::path(
    post,
    path = "/v1/api-keys",
    operation_id = "create_api_key",
    tag = "api-keys",
    request_body = wire::CreateApiKey,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    responses(
        (status = 201, description = "Created", body = wire::CreatedApiKey),
        (status = 200, description = "The request is a replay: the key without its token", body = wire::CreatedApiKey),
    )
)]
pub(crate) async fn create_api_key(
    State(state): State<ApiState>,
    caller: Caller,
    posted: Posted,
) -> Result<Response, Problem> {
    let (role, label) = read(posted.json)?;
    let done = state.ops.create_api_key(&caller.0, role, &label, posted.idempotent.as_ref()).await?;
    let location = format!("/v1/api-keys/{}", done.value.key.id);
    let token = done.value.token.map(|token| token.expose_secret().to_owned());
    let body = wire::CreatedApiKey { key: done.value.key.into(), token };
    Ok(created(done.how, StatusCode::CREATED, &location, &body))
}

fn read(json: Json) -> Result<(Role, String), Problem> {
    let mut fields = Fields::of(json)?;
    let role = fields.required_name("role", "viewer, submitter, operator or admin", Role::named);
    let label = fields.string("label");
    fields.finish()?;
    // An absent or unknown role was refused; the least one stands in only to be thrown away.
    Ok((role.unwrap_or(Role::Viewer), label))
}
