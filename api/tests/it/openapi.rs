//! The document and the router are two views of one thing.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use http::Method;
use serde_json::Value;

use crate::fixture::World;

/// Path → methods, as the document has them.
pub(crate) fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let document: Value = serde_json::from_str(&stet_api::openapi::document_text()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| item.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect();
    paths.iter().map(|(path, item)| (path.clone(), methods(item))).collect()
}

#[tokio::test]
async fn the_router_has_exactly_the_paths_of_the_document() {
    let world = World::new().await;
    let shown = format!("{:?}", world.router);
    let own = shown.split("fallback_router").next().unwrap();
    let routed: BTreeSet<&str> = own.split('"').filter(|part| part.starts_with('/')).collect();
    let documented = documented();
    assert_eq!(routed, documented.keys().map(String::as_str).collect());
    assert!(routed.len() > 15, "the router shows its paths: {own}");
}

#[tokio::test]
async fn each_path_takes_exactly_the_methods_of_the_document() {
    let world = World::new().await;
    for (path, mut methods) in documented() {
        let path = path.replace("{id}", "x").replace("{provider}", "x");
        let reply = world.send(world.request(Method::TRACE, &path).body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.problem().as_str()), (405, "METHOD_NOT_ALLOWED"), "{path}");
        if methods.contains("GET") {
            methods.insert("HEAD".to_owned());
        }
        let allowed =
            reply.header("allow").unwrap().split(',').map(|method| method.trim().to_owned()).collect();
        assert_eq!(methods, allowed, "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_as_committed_and_as_a_page() {
    let world = World::new().await;
    let reply = world.get("/openapi.json").await;
    assert_eq!((reply.status, reply.text()), (200, stet_api::openapi::document_text().as_str()));
    assert_eq!(reply.string("/openapi"), "3.1.0");
    let page = world.get("/docs").await;
    assert_eq!(page.status, 200);
    for (path, _) in documented() {
        assert!(page.text().contains(&path), "{path}");
    }
    assert!(!page.text().contains("<script") && !page.text().contains("http"));
}

#[test]
fn every_operation_says_what_its_problems_are_and_every_reference_leads_somewhere() {
    let text = stet_api::openapi::document_text();
    let document: Value = serde_json::from_str(&text).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let problem = &operation["responses"]["default"]["$ref"];
            assert_eq!(problem, "#/components/responses/Problem", "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
        }
    }
    for reference in text.split("\"$ref\": \"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}
