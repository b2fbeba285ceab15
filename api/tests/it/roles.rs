//! Every operation × every role, over the document.

use axum::body::Body;
use http::{Request, header};
use serde_json::Value;
use stet_api::roles::{ACCESS, access};
use stet_domain::role::Role;

use crate::fixture::World;

/// (method, path, `operationId`) of every operation.
fn operations() -> Vec<(String, String, String)> {
    let document: Value = serde_json::from_str(&stet_api::openapi::document_text()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let path = path.replace("{id}", "x").replace("{provider}", "x");
            operations.push((method.to_uppercase(), path, id));
        }
    }
    operations
}

#[test]
fn the_table_names_every_operation_once_and_no_other() {
    let mut documented: Vec<String> = operations().into_iter().map(|(_, _, id)| id).collect();
    let mut named: Vec<&str> = ACCESS.iter().map(|(id, _)| *id).collect();
    documented.sort();
    named.sort_unstable();
    assert_eq!(named, documented);
}

#[tokio::test]
async fn a_role_opens_exactly_what_the_table_says() {
    let world = World::new().await;
    for (method, path, id) in operations() {
        let needed = access(&id).unwrap().role();
        for role in Role::ALL.iter().copied() {
            let token = world.token("default", role);
            // No content type, no body, an id that is none: whatever answers but 403 looked further than the role.
            let request = Request::builder()
                .method(method.as_str())
                .uri(&path)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .body(Body::empty())
                .unwrap();
            let reply = world.send(request).await;
            let open = needed.is_none_or(|needed| role.includes(needed));
            assert_eq!(reply.status == 403, !open, "{role} {method} {path}: {}", reply.text());
            if !open {
                assert_eq!(reply.problem(), "FORBIDDEN");
                assert!(reply.string("/detail").contains(needed.unwrap().as_str()), "{}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn without_a_key_only_what_is_open_answers() {
    let world = World::new().await;
    let good = world.token("default", Role::Admin).to_owned();
    let sent = [
        None,
        Some(String::new()),
        Some(good.replace("stet_", "stat_")),
        Some(good[..good.len() - 1].to_owned()),
    ];
    for (method, path, id) in operations() {
        for token in &sent {
            let mut request = Request::builder().method(method.as_str()).uri(&path);
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            let reply = world.send(request.body(Body::empty()).unwrap()).await;
            let open = access(&id).unwrap().role().is_none();
            assert_eq!(reply.status == 401, !open, "{method} {path}: {}", reply.text());
            if !open {
                assert_eq!(reply.problem(), "UNAUTHENTICATED");
                assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"stet\""));
            }
        }
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let world = World::new().await;
    let made = world.post("/v1/api-keys", r#"{"role":"viewer","label":"x"}"#).await;
    let (token, id) = (made.string("/token"), made.string("/key/id"));
    let list = async || {
        let request = Request::get("/v1/templates").header(header::AUTHORIZATION, format!("Bearer {token}"));
        world.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(list().await, 200);
    let path = format!("/v1/api-keys/{id}");
    let revoke = world.request(http::Method::DELETE, &path).body(Body::empty()).unwrap();
    assert_eq!(world.send(revoke).await.status, 200);
    assert_eq!(list().await, 401);
}
