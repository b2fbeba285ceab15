//! Every answer of status 400 and above is a problem, whoever made it.

use std::time::Duration;

use axum::body::{Body, Bytes};
use http::{Method, Request, header};
use stet_api::ApiOptions;

use crate::fixture::{GRID, World, template};

#[tokio::test]
async fn the_routers_own_rejections_are_problems() {
    let world = World::new().await;
    for path in ["/", "/nowhere", "/v1", "/v1/templates/", "/v1/templates/x/y/z"] {
        let reply = world.get(path).await;
        assert_eq!((reply.status, reply.problem().as_str()), (404, "NOT_FOUND"), "{path}");
    }
    let put = world.request(Method::PUT, "/v1/templates").body(Body::empty()).unwrap();
    let reply = world.send(put).await;
    assert_eq!((reply.status, reply.problem().as_str()), (405, "METHOD_NOT_ALLOWED"));
    assert!(reply.string("/detail").starts_with("PUT is not allowed"), "{}", reply.text());
}

#[tokio::test]
async fn what_is_no_id_answers_as_an_unknown_one() {
    let world = World::new().await;
    let unknown = world.get("/v1/templates/tpl_01JD8Q3Z5X6Y7W8V9T0S1R2P3N").await;
    assert_eq!((unknown.status, unknown.string("/detail").as_str()), (404, "there is no such template"));
    for id in ["x", "tpl_", "%FF", "..%2Fx", "tpl_01jd8q3z5x6y7w8v9t0s1r2p3n", &"x".repeat(2000)] {
        let reply = world.get(&format!("/v1/templates/{id}")).await;
        assert_eq!(reply.without_request_id(), unknown.without_request_id(), "{id}");
    }
    let provider = world.get("/v1/providers/nobody/versions").await;
    assert_eq!((provider.status, provider.string("/detail").as_str()), (404, "there is no such provider"));
}

#[tokio::test]
async fn a_body_is_json_or_refused_by_name() {
    let world = World::new().await;
    let nested = format!(r#"{{"a":{}{}}}"#, "[".repeat(64), "]".repeat(64));
    for (body, code, pointer) in [
        ("", "JSON_SYNTAX", ""),
        ("{", "JSON_SYNTAX", ""),
        ("\u{feff}{}", "JSON_BOM", ""),
        (r#"{"name":"a","name":"b"}"#, "JSON_DUPLICATE_KEY", ""),
        (r#"{"name":"\ud800"}"#, "JSON_LONE_SURROGATE", ""),
        ("{} {}", "JSON_TRAILING_BYTES", ""),
        (nested.as_str(), "JSON_TOO_DEEP", &format!("/a{}", "/0".repeat(63))),
    ] {
        let reply = world.post("/v1/templates", body).await;
        assert_eq!((reply.status, reply.problem().as_str()), (400, "BAD_REQUEST"), "{body}");
        assert_eq!(reply.offences(), [(pointer.to_owned(), code.to_owned())], "{body}");
    }
    let reply = world.post("/v1/templates", "[]").await;
    assert_eq!(reply.offences(), [(String::new(), "WRONG_TYPE".to_owned())]);
    assert_eq!(world.written().await, (0, 0));
}

#[tokio::test]
async fn another_media_type_is_415() {
    let world = World::new().await;
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let mut request = world.request(Method::POST, "/v1/templates");
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let reply = world.send(request.body(Body::from(template("?"))).unwrap()).await;
        assert_eq!((reply.status, reply.problem().as_str()), (415, "UNSUPPORTED_MEDIA_TYPE"));
    }
    assert_eq!(world.written().await, (0, 0));
}

#[tokio::test]
async fn a_body_is_bounded_declared_or_not() {
    let world = World::new().await;
    let id = world.template("?").await;
    for (path, limit) in
        [("/v1/templates".to_owned(), 1 << 20), (format!("/v1/templates/{id}/batch-run"), 16 << 20)]
    {
        let large = format!("\"{}\"", "x".repeat(limit));
        let declared = world
            .request(Method::POST, &path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_LENGTH, large.len())
            .body(Body::from(large.clone()))
            .unwrap();
        let reply = world.send(declared).await;
        assert_eq!((reply.status, reply.problem().as_str()), (413, "BODY_TOO_LARGE"));
        let detail = reply.string("/detail");
        assert!(detail.contains(&large.len().to_string()) && detail.contains(&limit.to_string()), "{detail}");
        let undeclared = world.post(&path, large).await;
        assert_eq!((undeclared.status, undeclared.problem().as_str()), (413, "BODY_TOO_LARGE"));
        assert!(undeclared.string("/detail").contains(&limit.to_string()));
    }
}

#[tokio::test]
async fn a_body_that_never_comes_is_408() {
    let options = ApiOptions { body_timeout: Duration::from_millis(20), ..ApiOptions::default() };
    let world = World::with(options).await;
    let request =
        world.request(Method::POST, "/v1/templates").header(header::CONTENT_TYPE, "application/json");
    let reply = world.send(request.body(never()).unwrap()).await;
    assert_eq!((reply.status, reply.problem().as_str()), (408, "REQUEST_TIMEOUT"));
    assert!(reply.string("/detail").contains("20 ms"));
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up() {
    let options = ApiOptions { handler_timeout: Duration::from_millis(20), ..ApiOptions::default() };
    let world = World::with(options).await;
    let request =
        world.request(Method::POST, "/v1/templates").header(header::CONTENT_TYPE, "application/json");
    let reply = world.send(request.body(never()).unwrap()).await;
    assert_eq!((reply.status, reply.problem().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(reply.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_panic_is_a_500_that_says_nothing() {
    let world = World::new().await;
    world.clock.break_it();
    let reply = world.post("/v1/templates", template("?")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (500, "INTERNAL"));
    assert!(!reply.text().contains("broken"));
}

#[tokio::test]
async fn every_answer_has_its_headers() {
    let world = World::new().await;
    for path in ["/livez", "/readyz", "/v1/templates", "/nowhere", "/openapi.json"] {
        let reply = world.get(path).await;
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(reply.header("x-request-id").unwrap().len(), 26, "{path}");
    }
    for (sent, kept) in [("trace-me.1", true), ("a b", false), ("", false), (&*"x".repeat(129), false)] {
        let request = Request::get("/nowhere").header("x-request-id", sent).body(Body::empty()).unwrap();
        let reply = world.send(request).await;
        assert_eq!(reply.header("x-request-id") == Some(sent), kept, "{sent:?}");
        assert_eq!(Some(reply.string("/instance").as_str()), reply.header("x-request-id"));
    }
}

#[tokio::test]
async fn a_query_is_read_strictly() {
    let world = World::new().await;
    for (query, pointer, code) in [
        ("limit=0", "?limit", "VALUE_NOT_ALLOWED"),
        ("limit=201", "?limit", "VALUE_NOT_ALLOWED"),
        ("limit=ten", "?limit", "VALUE_NOT_ALLOWED"),
        ("limit=1&limit=2", "?limit", "VALUE_NOT_ALLOWED"),
        ("limits=1", "?limits", "UNKNOWN_FIELD"),
        ("cursor=AAAA", "?cursor", "CURSOR_INVALID"),
    ] {
        let reply = world.get(&format!("/v1/templates?{query}")).await;
        assert_eq!((reply.status, reply.problem().as_str()), (422, "VALIDATION_FAILED"), "{query}");
        assert_eq!(reply.offences(), [(pointer.to_owned(), code.to_owned())], "{query}");
    }
    let reply = world.get(&format!("/v1/templates?cursor={}", "x".repeat(9_000))).await;
    assert_eq!((reply.status, reply.problem().as_str()), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_draining_process_says_so() {
    let world = World::new().await;
    assert_eq!(world.get("/readyz").await.status, 200);
    world.state.readiness.drain();
    let reply = world.get("/readyz").await;
    assert_eq!((reply.status, reply.problem().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert_eq!(world.get("/livez").await.status, 200);
}

#[tokio::test]
async fn the_body_of_a_get_is_ignored() {
    let world = World::new().await;
    let request = world.request(Method::GET, "/v1/templates").body(Body::from("{not json")).unwrap();
    assert_eq!(world.send(request).await.status, 200);
    let id = world.template("?").await;
    let reply = world.post(&format!("/v1/templates/{id}/batch-run?dry_run=perhaps"), GRID).await;
    assert_eq!(reply.offences(), [("?dry_run".to_owned(), "VALUE_NOT_ALLOWED".to_owned())]);
}

/// A body of which nothing ever comes.
fn never() -> Body {
    Body::from_stream(futures::stream::pending::<Result<Bytes, std::io::Error>>())
}
