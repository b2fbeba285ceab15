//! `POST /v1/templates`.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use stet_domain::code::ErrorCode;
use stet_ops::NewTemplate;

use crate::created::created;
use crate::fields::Fields;
use crate::gate::Caller;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::wire;

/// Creates a template, or answers the stored one of the same content. The provider is never called.
#[utoipa::path(
    post,
    path = "/v1/templates",
    operation_id = "create_template",
    tag = "templates",
    request_body = wire::CreateTemplate,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    responses(
        (status = 201, description = "Created", body = wire::Template),
        (status = 200, description = "The same content stood already, or the request is a replay", body = wire::Template),
    )
)]
pub(crate) async fn create_template(
    State(state): State<ApiState>,
    caller: Caller,
    posted: Posted,
) -> Result<Response, Problem> {
    let new = read(&state, &posted)?;
    let done = state.ops.create_template(&caller.0, &new, posted.idempotent.as_ref()).await?;
    let template = wire::Template::from(done.value);
    Ok(created(done.how, StatusCode::CREATED, &format!("/v1/templates/{}", template.id), &template))
}

fn read(state: &ApiState, posted: &Posted) -> Result<NewTemplate, Problem> {
    let mut fields = Fields::of(posted.json.clone())?;
    let new = NewTemplate { name: fields.string("name"), config: fields.required("config") };
    let (bytes, limit) = (submitted_bytes(&posted.bytes), state.ops.settings().limits.template_max_bytes);
    if bytes > limit {
        let detail = format!("the template has {bytes} bytes as submitted, at most {limit} are taken");
        fields.refuse("config", ErrorCode::TemplateTooLarge, detail);
    }
    fields.finish()?;
    Ok(new)
}

/// Bytes of `config` as spelt in the body: the limit holds for what was submitted, too (`TEMPLATE_TOO_LARGE`).
fn submitted_bytes(body: &[u8]) -> usize {
    #[derive(Deserialize)]
    struct Spelt<'a> {
        #[serde(borrow)]
        config: &'a RawValue,
    }
    serde_json::from_slice::<Spelt<'_>>(body).map_or(0, |spelt| spelt.config.get().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_as_spelt() {
        assert_eq!(submitted_bytes(br#"{"name":"x","config":{ "a" : 1 }}"#), 11);
        assert_eq!(submitted_bytes(br#"{"name":"x"}"#), 0);
    }
}
