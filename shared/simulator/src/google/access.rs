//! Who may call: a key on the Developer API, an access token on Vertex (providers-wire.md §2.1 and §2.4).

use axum::extract::Query;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use serde::Deserialize;

use super::error::ApiError;
use super::surface::Surface;
use crate::state::State;

const KEY: &str = "x-goog-api-key";

#[derive(Deserialize)]
struct KeyQuery {
    key: Option<String>,
}

/// Whether the call comes with what the interface wants.
pub(super) fn check(state: &State, surface: Surface, headers: &HeaderMap, uri: &Uri) -> Result<(), ApiError> {
    match surface {
        Surface::Developer => key(state, headers, uri),
        Surface::Vertex => bearer(state, headers),
    }
}

fn key(state: &State, headers: &HeaderMap, uri: &Uri) -> Result<(), ApiError> {
    let sent = headers.get(KEY).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let in_query = || Query::<KeyQuery>::try_from_uri(uri).ok().and_then(|Query(query)| query.key);
    let given = sent.or_else(in_query).filter(|key| !key.trim().is_empty());
    match (given, &state.key) {
        (None, _) => Err(ApiError::unregistered()),
        (Some(key), Some(expected)) if key.trim() != expected => Err(ApiError::key()),
        (Some(_), _) => Ok(()),
    }
}

fn bearer(state: &State, headers: &HeaderMap) -> Result<(), ApiError> {
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match given
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim)
        .filter(|token| !token.is_empty())
    {
        None => Err(ApiError::no_token()),
        Some(token) if state.takes_token(token) => Ok(()),
        Some(_) => Err(ApiError::token()),
    }
}
