//! The lists of models, and one of them (providers-wire.md §2.5). No alias is resolved here.

mod item;
mod page;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State as Extracted};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, Uri};

use super::access;
use super::catalogue;
use super::error::ApiError;
use super::handler::listing_fault;
use super::surface::{Surface, Target};
use crate::state::State;
use page::Page;

/// The method that a missing model is said not to have.
const METHOD: &str = "generateContent";

/// `GET /v1beta/models`.
pub(super) async fn developer_list(
    Extracted(state): Extracted<Arc<State>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    list(&state, &Target::developer(""), &uri, &headers).await
}

/// `GET /v1beta/models/{model}`.
pub(super) async fn developer_one(
    Extracted(state): Extracted<Arc<State>>,
    Path(model): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    one(&state, &Target::developer(&model), &uri, &headers).await
}

/// `GET /v1/publishers/google/models`.
pub(super) async fn vertex_list(
    Extracted(state): Extracted<Arc<State>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    list(&state, &publisher(""), &uri, &headers).await
}

/// `GET /v1/publishers/google/models/{model}`.
pub(super) async fn vertex_one(
    Extracted(state): Extracted<Arc<State>>,
    Path(model): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    one(&state, &publisher(&model), &uri, &headers).await
}

/// A model of the publisher, which no project owns.
fn publisher(model: &str) -> Target {
    let resource = format!("publishers/google/models/{model}");
    Target { surface: Surface::Vertex, model: model.to_owned(), resource }
}

async fn check(state: &State, target: &Target, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    access::check(state, target.surface, headers, uri)?;
    listing_fault(state, target).await.map_or(Ok(()), Err)
}

async fn list(state: &State, target: &Target, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let page = match check(state, target, uri, headers).await.and_then(|()| Page::read(uri)) {
        Ok(page) => page,
        Err(error) => return error.reply(),
    };
    let scenario = state.scenario();
    let mut rest = catalogue::all(&scenario, target.surface).skip(page.start);
    let models: Vec<_> = rest.by_ref().take(page.size).collect();
    let next = rest.next().map(|_| page::token(page.start + models.len()));
    json(item::list(target.surface, &models, next))
}

async fn one(state: &State, target: &Target, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    if let Err(error) = check(state, target, uri, headers).await {
        return error.reply();
    }
    let scenario = state.scenario();
    match catalogue::find(&scenario, target.surface, &target.model) {
        Some(model) => json(item::one(target.surface, &model)),
        None => ApiError::model(target, METHOD).reply(),
    }
}

fn json(body: String) -> Response<Body> {
    let mut reply = Response::new(Body::from(body));
    let kind = HeaderValue::from_static("application/json; charset=UTF-8");
    reply.headers_mut().insert(CONTENT_TYPE, kind);
    reply
}
