//! `/v1/fleet`.

use stet_api::wire;
use stet_coord::{Beat, Lately};
use stet_domain::Provider;
use stet_domain::code::ErrorCode;
use stet_domain::member::Duty;
use stet_domain::role::Role;

use crate::fixture::World;

fn worker(name: &str) -> Beat {
    Beat {
        incarnation: name.to_owned(),
        duty: Duty::Worker,
        build: "1.2.3".to_owned(),
        slots: 2,
        in_flight: 1,
        lately: Lately { window_ms: 30_000, cells_ended: 75, slots_held_ms: 15_000 },
    }
}

#[tokio::test]
async fn the_fleet_shows_who_works_what_waits_and_how_many_would_be_useful() {
    let world = World::new().await;
    let nobody: wire::Fleet = serde_json::from_slice(&world.get("/v1/fleet").await.body).unwrap();
    assert_eq!((nobody.members.len(), nobody.queue.depth, nobody.workers_useful), (0, 0, 0));

    let template = world.template("Which is {{what}}?").await;
    let body = r#"{"locale": "de-DE", "grounding_mode": "UNGROUNDED", "inputs": {"what": "VAT"}}"#;
    let run = format!("/v1/templates/{template}/run");
    for _ in 0..5 {
        assert_eq!(world.post_with(&run, &[("prefer", "respond-async")], body).await.status, 202);
    }
    // A batch in preflight has no cell that may be called for.
    world.batch().await;
    for name in ["a", "b"] {
        world.members.beat(&worker(name)).await.unwrap();
    }
    let reply = world.get("/v1/fleet").await;
    let fleet: wire::Fleet = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!((fleet.slots, fleet.in_flight, fleet.cells_per_second), (4, 2, 5.0));
    assert_eq!((fleet.queue.depth, fleet.queue.running, fleet.workers_useful), (5, 0, 3));
    assert!(fleet.queue.oldest_age_ms.is_some());
    assert_eq!(fleet.members.iter().map(|m| m.incarnation.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert!(fleet.members.iter().all(|m| m.state == "alive" && m.slot_held_ms == Some(200)));

    world.ops.gates().block(Provider::OpenAi, 60_000, ErrorCode::ProviderRateLimited).await.unwrap();
    let blocked: wire::Fleet = serde_json::from_slice(&world.get("/v1/fleet").await.body).unwrap();
    assert_eq!((blocked.queue.depth, blocked.workers_useful), (5, 0));
    assert!(blocked.queue.providers[0].blocked_until.is_some());
}

/// Its counts are over all orgs: who may pause batches may see them.
#[tokio::test]
async fn the_fleet_is_an_operators_to_see() {
    let world = World::new().await;
    for (role, status) in [(Role::Viewer, 403), (Role::Submitter, 403), (Role::Operator, 200)] {
        assert_eq!(world.get_with("default", role, "/v1/fleet").await.status, status, "{role}");
    }
}
