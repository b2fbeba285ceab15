//! Idempotency records that have expired.

use stet_canon::Json;
use stet_ops::IdempotentRequest;

use crate::fixture::{World, until};

fn request(key: &str) -> IdempotentRequest {
    IdempotentRequest::new(key.parse().unwrap(), "POST", "/v1/runs", "", &Json::Null)
}

#[tokio::test]
async fn expired_records_go_and_the_others_stay() {
    let world = World::new().await;
    let ttl_ms = i64::from(world.ops.settings().idempotency_ttl_seconds) * 1_000;
    let first = world.run(Some(&request("old"))).await;
    world.clock.advance_ms(ttl_ms - 1_000);
    let kept = world.run(Some(&request("young"))).await;
    assert_eq!(world.run(Some(&request("old"))).await, first, "it is still remembered");
    let records = "SELECT count(*) FROM idempotency_keys";
    assert_eq!(world.number(records).await, 2);

    let scheduler = world.scheduler();
    world.clock.advance_ms(2_000);
    until("the clean-up", async || (world.number(records).await == 1).then_some(())).await;
    scheduler.stop().await;
    assert_eq!(world.run(Some(&request("young"))).await, kept);
    assert_ne!(world.run(Some(&request("old"))).await, first);
    assert_eq!(world.number(records).await, 2);
}
