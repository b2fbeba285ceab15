//! The OpenAPI 3.1 document, put together from the operations themselves.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr};
use utoipa::{OpenApi as _, ToSchema as _};
use utoipa_axum::router::OpenApiRouter;

use crate::problem::PROBLEM_JSON;
use crate::{roles, router, wire};

/// The name of the one security scheme.
const API_KEY: &str = "api_key";

/// The name of the answer that every operation shares.
const PROBLEM: &str = "Problem";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Stet",
        description = "Immutable prompts over a grid of cells, against a pinned model version, provable afterwards.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(wire::Problem, wire::ProblemField)),
    tags(
        (name = "templates", description = "Immutable recipes, and what is run of them"),
        (name = "batches", description = "Submissions of a template over a grid of cells"),
        (name = "schedules", description = "Recurring batches: one a due time"),
        (name = "runs", description = "What was executed and what came back"),
        (name = "segments", description = "Sealed stretches of ended runs: none removed, none put in"),
        (name = "providers", description = "Model vendors and their version lists"),
        (name = "api-keys", description = "Who may do what"),
        (name = "probes", description = "Liveness and readiness"),
        (name = "documents", description = "This description"),
    )
)]
struct Head;

/// The document of every route of [`crate::router()`].
#[must_use]
pub fn document() -> OpenApi {
    let mut router = OpenApiRouter::with_openapi(Head::openapi());
    for routes in router::operations() {
        router = router.routes(routes);
    }
    let mut document = router.into_openapi();
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(finish);
    }
    let components = document.components.get_or_insert_default();
    components.responses.insert(PROBLEM.to_owned(), problem().into());
    components.add_security_scheme(API_KEY, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document
}

/// The document as committed and served: indented, ending in a line feed.
#[must_use]
pub fn document_text() -> String {
    // Writing it cannot fail: its keys are strings. An empty document would fail every test of it.
    document().to_pretty_json().unwrap_or_default() + "\n"
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// What all operations share: the problem as the answer of every other status, and the key with its role.
fn finish(operation: &mut Operation) {
    let problem = RefOr::Ref(Ref::from_response_name(PROBLEM));
    operation.responses.responses.insert("default".to_owned(), problem);
    let access = operation.operation_id.as_deref().and_then(roles::access);
    if let Some(role) = access.and_then(roles::Access::role) {
        // OpenAPI 3.1 lets a requirement name the role that an operation needs.
        let requirement = SecurityRequirement::new(API_KEY, [role.as_str()]);
        operation.security = Some(vec![requirement]);
    }
}

fn problem() -> Response {
    let schema = RefOr::Ref(Ref::from_schema_name(wire::Problem::name()));
    ResponseBuilder::new()
        .description("A problem (RFC 9457): every answer of status 400 and above")
        .content(PROBLEM_JSON, Content::new(Some(schema)))
        .build()
}
