//! `GET /docs`: the document as a page, without a script and without anything from elsewhere.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use http::header;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

static PAGE: LazyLock<String> = LazyLock::new(|| page(&crate::openapi::document()));

/// Nothing may be loaded or run.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>Stet API</title><style>\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
code{font:14px/1.4 ui-monospace,monospace}section{border-top:1px solid #ddd;padding:.5rem 0}\
h2{font-size:1.1rem;margin:.5rem 0}table{border-collapse:collapse}td{padding:.1rem 1rem .1rem 0;vertical-align:top}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#111}section{border-color:#333}a{color:#9cf}}</style>\
<h1>Stet API</h1><p>The whole of it, with every schema, is <a href=\"/openapi.json\">/openapi.json</a>. \
Every answer of status 400 and above is a problem (RFC 9457).</p>";

/// The operations on a page.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "docs",
    tag = "documents",
    responses((status = 200, description = "A page", body = String, content_type = "text/html; charset=utf-8"))
)]
pub(crate) async fn docs() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, PAGE.as_str()).into_response()
}

fn page(document: &OpenApi) -> String {
    let mut page = HEAD.to_owned();
    for (path, item) in &document.paths.paths {
        for (verb, operation) in operations(item) {
            section(&mut page, path, verb, operation);
        }
    }
    page
}

/// The operations of one path with the names of their methods.
pub(crate) fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    .collect()
}

fn section(page: &mut String, path: &str, verb: &str, operation: &Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let role = crate::roles::access(id).and_then(crate::roles::Access::role);
    let role = role.map_or_else(|| "no key".to_owned(), |role| format!("role {role}"));
    let says = operation.description.as_deref().or(operation.summary.as_deref()).unwrap_or_default();
    let mut rows = String::new();
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let meaning = parameter.description.as_deref().unwrap_or_default();
        add(&mut rows, &parameter.name, meaning);
    }
    for (status, response) in &operation.responses.responses {
        if let RefOr::T(response) = response {
            add(&mut rows, status, &response.description);
        }
    }
    let (path, says) = (escape(path), escape(says));
    write!(page, "<section id=\"{id}\"><h2><code>{verb} {path}</code></h2><p>{says} ({role})</p><table>{rows}</table></section>")
        .expect("writing to a String cannot fail");
}

fn add(rows: &mut String, name: &str, meaning: &str) {
    let (name, meaning) = (escape(name), escape(meaning));
    write!(rows, "<tr><td><code>{name}</code></td><td>{meaning}</td></tr>")
        .expect("writing to a String cannot fail");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
