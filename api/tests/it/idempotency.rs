//! The same request twice has one effect.

use serde_json::json;

use crate::fixture::{GRID, World, template};

#[tokio::test]
async fn a_replay_answers_with_what_the_first_made() {
    let world = World::new().await;
    let first = world.post_with("/v1/templates", &[("idempotency-key", "k-1")], template("?")).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, None));
    // Quotes, white space and number spellings play no part.
    let spelt = template("?").replace("100", "1e2");
    let again = world.post_with("/v1/templates", &[("idempotency-key", "\"k-1\"")], spelt).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, Some("true")));
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("location"), first.header("location"));

    let path = format!("/v1/templates/{}/batch-run", first.string("/id"));
    let batch = world.post_with(&path, &[("idempotency-key", "k-2")], GRID).await;
    let again = world.post_with(&path, &[("idempotency-key", "k-2")], GRID).await;
    assert_eq!((batch.status, again.status), (202, 200));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.string("/id"), batch.string("/id"));
    assert_eq!(world.written().await, (1, 1));
}

#[tokio::test]
async fn another_body_is_409_with_the_patch_from_stored_to_sent() {
    let world = World::new().await;
    let headers = [("idempotency-key", "k-1")];
    world.post_with("/v1/templates", &headers, template("A?")).await;
    let reply = world.post_with("/v1/templates", &headers, template("B?")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (409, "IDEMPOTENCY_MISMATCH"));
    let patch = json!([{"op": "replace", "path": "/config/messages/0/content", "value": "B?"}]);
    assert_eq!(reply.json()["patch"], patch);
    assert_eq!(world.written().await, (1, 0));
}

#[tokio::test]
async fn another_path_or_query_is_409_without_a_difference() {
    let world = World::new().await;
    let (a, b) = (world.template("A?").await, world.template("B?").await);
    let headers = [("idempotency-key", "k-1")];
    assert_eq!(world.post_with(&format!("/v1/templates/{a}/batch-run"), &headers, GRID).await.status, 202);
    for path in [format!("/v1/templates/{b}/batch-run"), format!("/v1/templates/{a}/batch-run?dry_run=false")]
    {
        let reply = world.post_with(&path, &headers, GRID).await;
        assert_eq!((reply.status, reply.problem().as_str()), (409, "IDEMPOTENCY_MISMATCH"));
        assert_eq!(reply.json()["patch"], json!([]));
    }
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let world = World::new().await;
    let headers = [("idempotency-key", "k-1")];
    assert_eq!(world.post_with("/v1/templates", &headers, "{}").await.status, 422);
    assert_eq!(world.post_with("/v1/templates", &headers, template("?")).await.status, 201);
}

#[tokio::test]
async fn a_key_is_visible_ascii_and_bounded() {
    let world = World::new().await;
    for (key, status) in [("", 400), ("a b", 400), (&*"k".repeat(256), 400), (&*"k".repeat(255), 201)] {
        let reply = world.post_with("/v1/templates", &[("idempotency-key", key)], template("?")).await;
        assert_eq!(reply.status, status, "{key:?}");
        if status == 400 {
            assert_eq!(reply.problem(), "BAD_REQUEST");
            assert!(reply.string("/detail").contains("255"), "{}", reply.text());
        }
    }
    let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
    assert_eq!(world.post_with("/v1/templates", &twice, template("?")).await.status, 400);
}

#[tokio::test]
async fn keys_of_two_orgs_do_not_meet() {
    let world = World::new().await;
    let headers = [("idempotency-key", "k-1")];
    assert_eq!(world.post_with("/v1/templates", &headers, template("A?")).await.status, 201);
    let token = world.token("other", stet_domain::role::Role::Admin);
    let request = http::Request::post("/v1/templates")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .header("idempotency-key", "k-1")
        .body(axum::body::Body::from(template("B?")))
        .unwrap();
    assert_eq!(world.send(request).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_equal_requests_at_once_have_one_effect() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    let path = format!("/v1/templates/{template}/batch-run");
    let posts = (0..100).map(|_| world.post_with(&path, &[("idempotency-key", "k-100")], GRID));
    let replies = futures::future::join_all(posts).await;
    let mut ids = std::collections::BTreeSet::new();
    let mut first = 0;
    for reply in replies {
        match reply.status {
            202 => first += 1,
            200 => assert_eq!(reply.header("idempotency-replayed"), Some("true")),
            409 => {
                assert_eq!(reply.problem(), "IDEMPOTENCY_IN_PROGRESS");
                assert!(reply.header("retry-after").is_some());
                continue;
            }
            other => panic!("{other}: {}", reply.text()),
        }
        ids.insert(reply.string("/id"));
    }
    assert_eq!((first, ids.len()), (1, 1));
    assert_eq!(world.written().await, (1, 1));
}
