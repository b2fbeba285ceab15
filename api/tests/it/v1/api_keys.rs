//! `/v1/api-keys`.

use axum::body::Body;
use http::Method;
use stet_api::wire;

use crate::fixture::World;

#[tokio::test]
async fn a_secret_is_shown_once() {
    let world = World::new().await;
    let made = world.post("/v1/api-keys", r#"{"role":"operator","label":"night shift"}"#).await;
    assert_eq!((made.status, made.header("cache-control")), (201, Some("no-store")));
    let created: wire::CreatedApiKey = serde_json::from_slice(&made.body).unwrap();
    let token = created.token.as_deref().expect("it is shown this once");
    assert!(!format!("{created:?}").contains(token));
    assert_eq!((created.key.role.as_str(), created.key.label.as_str()), ("operator", "night shift"));
    let list = world.get("/v1/api-keys").await;
    assert!(!list.text().contains(token));
    let keys: wire::ApiKeys = serde_json::from_slice(&list.body).unwrap();
    assert_eq!(keys.items.iter().filter(|key| key.id == created.key.id).count(), 1);
    assert_eq!(keys.items.len(), 5, "the keys of this org only");
}

#[tokio::test]
async fn a_role_and_a_label_are_needed() {
    let world = World::new().await;
    for (body, pointer, code) in [
        (r#"{"role":"root","label":"x"}"#, "/role", "VALUE_NOT_ALLOWED"),
        (r#"{"label":"x"}"#, "/role", "MISSING_FIELD"),
        (r#"{"role":"viewer","label":""}"#, "/label", "EMPTY"),
        (r#"{"role":"viewer","label":"x","org":"other"}"#, "/org", "UNKNOWN_FIELD"),
    ] {
        let reply = world.post("/v1/api-keys", body).await;
        assert_eq!(reply.offences(), [(pointer.to_owned(), code.to_owned())]);
    }
    let keys: wire::ApiKeys = serde_json::from_slice(&world.get("/v1/api-keys").await.body).unwrap();
    assert_eq!(keys.items.len(), 4);
}

#[tokio::test]
async fn a_replay_answers_the_key_without_its_secret() {
    let world = World::new().await;
    let body = r#"{"role":"viewer","label":"x"}"#;
    let post =
        async |body: &'static str| world.post_with("/v1/api-keys", &[("idempotency-key", "k-1")], body).await;
    let first = post(body).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None));
    let first: wire::CreatedApiKey = serde_json::from_slice(&first.body).unwrap();
    let again = post(body).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert!(!again.text().contains(&first.token.unwrap()));
    let again: wire::CreatedApiKey = serde_json::from_slice(&again.body).unwrap();
    assert_eq!((again.key, again.token), (first.key, None));
    let other = post(r#"{"role":"admin","label":"x"}"#).await;
    assert_eq!((other.status, other.problem().as_str()), (409, "IDEMPOTENCY_MISMATCH"));
    let keys: wire::ApiKeys = serde_json::from_slice(&world.get("/v1/api-keys").await.body).unwrap();
    assert_eq!(keys.items.len(), 5);
}

#[tokio::test]
async fn ending_a_key_twice_changes_nothing_the_second_time() {
    let world = World::new().await;
    let id = world.post("/v1/api-keys", r#"{"role":"viewer","label":"x"}"#).await.string("/key/id");
    let end = async |path: String| {
        world.send(world.request(Method::DELETE, &path).body(Body::empty()).unwrap()).await
    };
    for changed in [true, false] {
        let reply = end(format!("/v1/api-keys/{id}")).await;
        assert_eq!(reply.json(), serde_json::json!({"id": id, "changed": changed}));
    }
    let foreign = world.get_as("other", "/v1/api-keys").await.string("/items/0/id");
    for id in [foreign.as_str(), "ffffffffffffffff", "x"] {
        let reply = end(format!("/v1/api-keys/{id}")).await;
        assert_eq!((reply.status, reply.string("/detail").as_str()), (404, "there is no such API key"));
    }
}
