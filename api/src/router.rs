//! All routes, each behind its gate.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use stet_ops::MAX_RUN_WAIT;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::gate::{Gate, gate};
use crate::problem::Problem;
use crate::roles::{self, Access};
use crate::state::ApiState;
use crate::{docs, edge, livez, metrics, openapi_json, readyz, v1};

/// The HTTP surface. Its routes are those of [`crate::openapi::document`], for both come from one list.
pub fn router(state: ApiState) -> Router {
    routes_of(state, operations())
}

/// The probes alone, for a process that serves no API: `/livez`, `/readyz` and `/metrics`, as the API answers them.
pub fn probes(state: ApiState) -> Router {
    routes_of(state, probe_operations())
}

fn routes_of(state: ApiState, operations: Vec<UtoipaMethodRouter<ApiState>>) -> Router {
    let mut router = Router::new();
    for (_, paths, methods) in operations {
        for (path, item) in &paths.paths {
            let gated =
                docs::operations(item).into_iter().fold(methods.clone(), |methods, (_, operation)| {
                    match gate_of(&state, operation) {
                        Some(gate_of) => methods.route_layer(from_fn_with_state(gate_of, gate)),
                        // An operation that the table of roles does not name is nobody's to call.
                        None => methods.route_layer(from_fn(closed)),
                    }
                });
            router = router.route(path, gated);
        }
    }
    router
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(from_fn_with_state(state.clone(), edge::edge))
        .with_state(state)
}

async fn closed(_request: Request, _next: Next) -> Problem {
    Problem::internal()
}

fn gate_of(state: &ApiState, operation: &Operation) -> Option<Gate> {
    let operation_id = operation.operation_id.as_deref()?;
    let access: Access = roles::access(operation_id)?;
    let waits = if operation_id == "run_template" { MAX_RUN_WAIT } else { Duration::ZERO };
    let takes_query = operation.parameters.iter().flatten().any(
        |parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query),
    );
    let timeout = state.options.handler_timeout + waits;
    let operation_id = operation_id.into();
    Some(Gate { state: state.clone(), operation_id, access, takes_query, timeout })
}

/// Every operation with its path, in the order of the document. One entry an operation: each has a gate of its own.
pub(crate) fn operations() -> Vec<UtoipaMethodRouter<ApiState>> {
    vec![
        routes!(v1::templates::create::create_template),
        routes!(v1::templates::list::list_templates),
        routes!(v1::templates::get::get_template),
        routes!(v1::templates::diff::diff_templates),
        routes!(v1::templates::verify::verify_template),
        routes!(v1::templates::run::run_template),
        routes!(v1::templates::batch_run::batch_run_template),
        routes!(v1::templates::schedule::create_schedule),
        routes!(v1::templates::runs::list_template_runs),
        routes!(v1::batches::list::list_batches),
        routes!(v1::batches::get::get_batch),
        routes!(v1::batches::runs::list_batch_runs),
        routes!(v1::batches::attempts::list_preflight_attempts),
        routes!(v1::batches::verify::verify_batch),
        routes!(v1::batches::drift::get_drift),
        routes!(v1::batches::matrix::get_matrix),
        routes!(v1::batches::pause::pause_batch),
        routes!(v1::batches::resume::resume_batch),
        routes!(v1::batches::cancel::cancel_batch),
        routes!(v1::batches::retry::retry_cells),
        routes!(v1::schedules::list::list_schedules),
        routes!(v1::schedules::get::get_schedule),
        routes!(v1::schedules::fires::list_fires),
        routes!(v1::schedules::pause::pause_schedule),
        routes!(v1::schedules::resume::resume_schedule),
        routes!(v1::schedules::end::end_schedule),
        routes!(v1::runs::get::get_run),
        routes!(v1::runs::attempts::list_attempts),
        routes!(v1::runs::verify::verify_run),
        routes!(v1::runs::blockers::run_blockers),
        routes!(v1::segments::list::list_segments),
        routes!(v1::segments::get::get_segment),
        routes!(v1::segments::verify::verify_segment),
        routes!(v1::providers::list::list_providers),
        routes!(v1::providers::versions::provider_versions),
        routes!(v1::fleet::get_fleet),
        routes!(v1::api_keys::create::create_api_key),
        routes!(v1::api_keys::list::list_api_keys),
        routes!(v1::api_keys::revoke::revoke_api_key),
        routes!(v1::audit::list_audit),
        routes!(livez::livez),
        routes!(readyz::readyz),
        routes!(metrics::metrics),
        routes!(openapi_json::openapi),
        routes!(docs::docs),
    ]
}

fn probe_operations() -> Vec<UtoipaMethodRouter<ApiState>> {
    vec![routes!(livez::livez), routes!(readyz::readyz), routes!(metrics::metrics)]
}
