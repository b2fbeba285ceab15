//! Idempotency keys: one effect a key, and no answer that leaks what was not sent.

use stet_canon::Json;
use stet_ops::{How, IdempotentRequest, NewTemplate, OpError};

use crate::fixture::{FIRST_PAGE, World, admin, grid, json, offences, single, stranger, template};

fn request(path: &str, body: &Json) -> IdempotentRequest {
    IdempotentRequest::new("key-1".parse().unwrap(), "POST", path, "", body)
}

#[tokio::test]
async fn a_repeated_creation_replays_and_another_body_is_refused() {
    let world = World::new().await;
    let new = template("one", "a?");
    let sent = request("/v1/templates", &new.config);
    let first = world.ops.create_template(&admin(), &new, Some(&sent)).await.unwrap();
    let again = world.ops.create_template(&admin(), &new, Some(&sent)).await.unwrap();
    assert_eq!((first.how, again.how), (How::New, How::Replayed));
    assert_eq!(first.value, again.value);
    let other = template("one", "b?");
    match world.ops.create_template(&admin(), &other, Some(&request("/v1/templates", &other.config))).await {
        Err(OpError::IdempotencyMismatch { stored, sent }) => {
            assert_eq!(stored, new.config.to_canonical_bytes());
            assert_eq!(sent, other.config.to_canonical_bytes());
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(world.ops.list_templates(&admin(), FIRST_PAGE).await.unwrap().items.len(), 1);
    // Another org's keys are another set.
    let abroad = world.ops.create_template(&stranger(), &other, Some(&request("/x", &other.config))).await;
    assert_eq!(abroad.unwrap().how, How::New);
}

#[tokio::test]
async fn a_refused_request_leaves_its_key_free() {
    let world = World::new().await;
    let bad = NewTemplate { name: "x".to_owned(), config: json("{}") };
    let refused = world.ops.create_template(&admin(), &bad, Some(&request("/t", &bad.config))).await;
    assert!(!offences(refused).is_empty());
    let good = template("x", "a?");
    let done = world.ops.create_template(&admin(), &good, Some(&request("/t", &good.config))).await;
    assert_eq!(done.unwrap().how, How::New);
}

#[tokio::test]
async fn submissions_replay_with_what_became_of_them() {
    let world = World::new().await;
    let template = world.template().await;
    let sent = request("/batch-run", &json(r#"{"replicates":2}"#));
    let first = world.ops.submit_batch(&admin(), template, &grid(), Some(&sent)).await.unwrap();
    world.lock(first.value.row.id).await;
    let again = world.ops.submit_batch(&admin(), template, &grid(), Some(&sent)).await.unwrap();
    assert_eq!((first.how, again.how), (How::New, How::Replayed));
    assert_eq!(again.value.row, first.value.row);
    assert_eq!(again.value.control.lock_epoch, Some(1), "a replay shows the present state");
    assert_eq!(world.ops.list_batches(&admin(), FIRST_PAGE).await.unwrap().items.len(), 1);

    let run = IdempotentRequest::new("key-2".parse().unwrap(), "POST", "/run", "", &Json::Null);
    let one = world.ops.submit_run(&admin(), template, &single(), Some(&run)).await.unwrap();
    let two = world.ops.submit_run(&admin(), template, &single(), Some(&run)).await.unwrap();
    assert_eq!((one.how, two.how), (How::New, How::Replayed));
    assert_eq!(one.value.row.id, two.value.row.id);
}

#[tokio::test]
async fn a_key_is_forgotten_after_its_time() {
    let world = World::new().await;
    let new = template("one", "a?");
    let sent = request("/v1/templates", &new.config);
    world.ops.create_template(&admin(), &new, Some(&sent)).await.unwrap();
    assert_eq!(world.ops.prune().await.unwrap(), 0);
    world.clock.advance_seconds(86_401);
    let other = template("two", "b?");
    let reused = world.ops.create_template(&admin(), &other, Some(&request("/x", &other.config))).await;
    assert_eq!(reused.unwrap().how, How::New, "an expired record is no record");
    world.clock.advance_seconds(86_401);
    assert_eq!(world.ops.prune().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_equal_requests_at_once_one_writes() {
    let world = World::new().await;
    let template = world.template().await;
    let sent = request("/run", &Json::Null);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let (ops, sent) = (world.ops.clone(), sent.clone());
            tokio::spawn(
                async move { ops.submit_run(&admin(), template, &single(), Some(&sent)).await.unwrap() },
            )
        })
        .collect();
    let mut new = 0;
    for call in calls {
        new += usize::from(call.await.unwrap().how == How::New);
    }
    assert_eq!(new, 1);
    assert_eq!(world.due().await.len(), 1);
}
