//! Google's `generateContent` as it behaves on the wire: the Developer API and Vertex AI (providers-wire.md §2).

mod access;
mod answer;
mod ask;
mod body;
mod catalogue;
mod config;
mod contents;
mod error;
mod families;
mod fields;
mod handler;
mod ids;
mod listing;
mod message;
mod surface;
mod tools;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use crate::state::State;

/// The routes of both interfaces. Vertex has its paths under two versions; the Developer API is played under `v1beta`
/// alone, for OpenAI's list of models has the other one's address.
pub(crate) fn routes() -> Router<Arc<State>> {
    let developer = Router::new()
        .route("/v1beta/models", get(listing::developer_list))
        .route("/v1beta/models/{call}", get(listing::developer_one).post(handler::developer));
    let developer = developer.route("/v1beta/{*rest}", any(handler::unknown));
    ["v1", "v1beta1"].into_iter().fold(developer, |routes, version| {
        let models = format!("/{version}/publishers/google/models");
        let of_project =
            format!("/{version}/projects/{{project}}/locations/{{location}}/publishers/google/models");
        routes
            .route(&models, get(listing::vertex_list))
            .route(&format!("{models}/{{model}}"), get(listing::vertex_one))
            .route(&format!("{of_project}/{{call}}"), post(handler::vertex))
    })
}
