//! The control endpoint under `/_simulator`: scenario, calls, counts, reset.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State as Extracted};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;

use crate::ledger::{Counts, ReceivedCall};
use crate::scenario::Scenario;
use crate::state::State;

/// Calls on one page where the query does not say.
const PAGE: usize = 1_000;

/// Calls on one page at most.
const PAGE_MAX: usize = 100_000;

pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/scenario", get(scenario).put(set_scenario))
        .route("/calls", get(calls))
        .route("/counts", get(counts))
        .route("/reset", post(reset))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn scenario(Extracted(state): Extracted<Arc<State>>) -> Json<Scenario> {
    Json(Scenario::clone(&state.scenario()))
}

async fn set_scenario(
    Extracted(state): Extracted<Arc<State>>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let scenario = Scenario::parse(&body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    state.set_scenario(Arc::new(scenario));
    Ok(StatusCode::NO_CONTENT)
}

async fn calls(Extracted(state): Extracted<Arc<State>>, Query(page): Query<Page>) -> Json<Vec<ReceivedCall>> {
    Json(state.calls(page.after, page.limit.unwrap_or(PAGE).min(PAGE_MAX)))
}

async fn counts(Extracted(state): Extracted<Arc<State>>) -> Json<Counts> {
    Json(state.counts())
}

async fn reset(Extracted(state): Extracted<Arc<State>>) -> StatusCode {
    state.reset();
    StatusCode::NO_CONTENT
}
