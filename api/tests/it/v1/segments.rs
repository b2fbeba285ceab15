//! `/v1/segments`.

use stet_api::wire;

use crate::fixture::World;

#[tokio::test]
async fn sealed_segments_are_listed_shown_and_verified() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    assert_eq!(world.get("/v1/segments").await.json()["items"], serde_json::json!([]));
    for _ in 0..3 {
        world.sealed_run(&template).await;
    }
    let first: wire::Page<wire::Segment> =
        serde_json::from_slice(&world.get("/v1/segments?limit=2").await.body).unwrap();
    let numbers: Vec<i64> = first.items.iter().map(|segment| segment.segment).collect();
    assert_eq!(numbers, [3, 2]);
    let second: wire::Page<wire::Segment> =
        serde_json::from_slice(&world.get(&first.next.unwrap()).await.body).unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
    assert_eq!(first.items[1].previous_head.as_ref(), Some(&second.items[0].head));
    assert_eq!(second.items[0].previous_head, None);
    let shown: wire::Segment = serde_json::from_slice(&world.get("/v1/segments/2").await.body).unwrap();
    assert_eq!(shown, first.items[1]);
    let verified = world.get("/v1/segments/2/verify").await.json();
    assert_eq!((&verified["intact"], &verified["sha256"]), (&true.into(), &shown.head.into()));
    for nothing in ["/v1/segments/4", "/v1/segments/4/verify", "/v1/segments/0", "/v1/segments/02"] {
        let reply = world.get(nothing).await;
        assert_eq!(
            (reply.status, reply.string("/detail").as_str()),
            (404, "there is no such segment"),
            "{nothing}"
        );
    }
}
