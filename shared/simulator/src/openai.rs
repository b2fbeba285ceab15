//! OpenAI's Responses API as it behaves on the wire (providers-wire.md §1).

mod answer;
mod ask;
mod body;
mod catalogue;
mod error;
mod families;
mod handler;
mod listing;
mod parameters;
mod strict;
mod tools;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::state::State;

/// The routes of the interface; every other address gets the vendor's words for an unknown one.
pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/v1/responses", post(handler::create))
        .route("/v1/models", get(listing::list))
        .route("/v1/models/{id}", get(listing::one))
        .fallback(handler::unknown)
}
