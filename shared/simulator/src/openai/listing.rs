//! The list of models, and one of them (providers-wire.md §1.9).

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extracted};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response};

use super::catalogue::{self, Model};
use super::error::ApiError;
use super::handler::{accept, listing_fault};
use crate::fields::write_text;
use crate::state::State;

/// `GET /v1/models`.
pub(super) async fn list(Extracted(state): Extracted<Arc<State>>, headers: HeaderMap) -> Response<Body> {
    if let Err(error) = check(&state, &headers, "").await {
        return json(error.reply());
    }
    let scenario = state.scenario();
    let mut body = "{\"object\":\"list\",\"data\":[".to_owned();
    for (index, model) in catalogue::all(&scenario).enumerate() {
        if index > 0 {
            body.push(',');
        }
        write(&model, &mut body);
    }
    body.push_str("]}");
    json(Response::new(Body::from(body)))
}

/// `GET /v1/models/{id}`: echoes the id asked for and resolves no alias.
pub(super) async fn one(
    Extracted(state): Extracted<Arc<State>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    if let Err(error) = check(&state, &headers, &id).await {
        return json(error.reply());
    }
    let scenario = state.scenario();
    json(match catalogue::find(&scenario, &id) {
        Some(model) => {
            let mut body = String::new();
            write(&model, &mut body);
            Response::new(Body::from(body))
        }
        None => ApiError::model(404, &id).reply(),
    })
}

async fn check(state: &State, headers: &HeaderMap, id: &str) -> Result<(), ApiError> {
    accept(state, headers)?;
    listing_fault(state, id).await.map_or(Ok(()), Err)
}

fn write(model: &Model<'_>, body: &mut String) {
    body.push_str("{\"id\":");
    write_text(model.id, body);
    write!(body, ",\"object\":\"model\",\"created\":{},\"owned_by\":\"system\"", model.created)
        .expect("writing to a string never fails");
    if let Some(date) = model.shutdown_date {
        write!(body, ",\"shutdown_date\":\"{date}\"").expect("writing to a string never fails");
    }
    body.push('}');
}

fn json(mut reply: Response<Body>) -> Response<Body> {
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
