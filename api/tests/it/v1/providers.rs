//! `/v1/providers`.

use axum::body::Body;
use http::Request;
use stet_api::wire;
use stet_domain::role::Role;

use crate::fixture::World;

#[tokio::test]
async fn versions_come_live_and_then_from_the_cache() {
    let world = World::new().await;
    world.listed.0.lock().unwrap().extend(["gpt-4o-2024-08-06", "gpt-5-2025-08-07"]);
    let path = "/v1/providers/openai/versions";
    for (query, source) in
        [("", "live"), ("", "cache"), ("?force_refresh=true", "live"), ("?force_refresh=false", "cache")]
    {
        let reply = world.get(&format!("{path}{query}")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let versions: wire::ProviderVersions = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(versions.source, source, "{query}");
        assert_eq!((versions.versions.len(), versions.etag.as_str()), (2, "\"v1\""));
        assert_eq!(versions.current.as_deref(), Some("gpt-5-2025-08-07"));
        assert!(versions.last_checked_utc < versions.expires_at_utc);
    }
    let list: wire::Providers = serde_json::from_slice(&world.get("/v1/providers").await.body).unwrap();
    let openai = list.items.iter().find(|provider| provider.provider == "openai").unwrap();
    assert_eq!((openai.configured, openai.cached_versions), (true, Some(2)));
    assert!(list.items.iter().any(|provider| !provider.configured));
}

#[tokio::test]
async fn to_force_a_refresh_is_an_operators() {
    let world = World::new().await;
    world.listed.0.lock().unwrap().push("gpt-4o-2024-08-06");
    for (role, status) in [(Role::Viewer, 403), (Role::Submitter, 403), (Role::Operator, 200)] {
        let token = world.token("default", role);
        let request = Request::get("/v1/providers/openai/versions?force_refresh=true")
            .header("authorization", format!("Bearer {token}"));
        assert_eq!(world.send(request.body(Body::empty()).unwrap()).await.status, status, "{role}");
    }
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_502_and_one_without_settings_422() {
    let world = World::new().await;
    let reply = world.get("/v1/providers/openai/versions").await;
    assert_eq!((reply.status, reply.problem().as_str()), (502, "VERSIONS_UNAVAILABLE"));
    let reply = world.get("/v1/providers/gemini/versions").await;
    assert_eq!(reply.offences()[0].1, "PROVIDER_NOT_CONFIGURED");
}
