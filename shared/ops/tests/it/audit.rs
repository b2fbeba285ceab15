//! Every change is written down, with who made it; what changes nothing is not.

use stet_domain::role::Role;
use stet_ops::{IdempotentRequest, OpError};

use crate::fixture::{FIRST_PAGE, MODEL, World, actor, admin, grid, org, single, stranger, template};

#[tokio::test]
async fn each_change_is_one_entry_in_its_own_transaction() {
    let world = World::new().await;
    let new = template("one", "a?");
    let sent = IdempotentRequest::new("key-1".parse().unwrap(), "POST", "/t", "", &new.config);
    let template = world.ops.create_template(&admin(), &new, Some(&sent)).await.unwrap().value;
    // A replay and an equal template change nothing.
    world.ops.create_template(&admin(), &new, Some(&sent)).await.unwrap();
    world.ops.create_template(&admin(), &new, None).await.unwrap();
    let batch = world.ops.submit_batch(&admin(), template.id, &grid(), None).await.unwrap().value.row;
    let run = world.ops.submit_run(&admin(), template.id, &single(), None).await.unwrap().value.row;
    let key = world.ops.create_api_key(&admin(), Role::Viewer, "x", None).await.unwrap().value.key;
    for _ in 0..2 {
        world.ops.revoke_api_key(&admin(), &key.id).await.unwrap();
    }
    let entries = world.ops.list_audit(&admin(), FIRST_PAGE).await.unwrap().items;
    let told: Vec<(&str, &str)> =
        entries.iter().rev().map(|entry| (entry.operation.as_str(), entry.subject.as_str())).collect();
    let (template, batch, run, key) =
        (template.id.to_string(), batch.id.to_string(), run.id.to_string(), key.id.to_string());
    let mut expected = vec![
        ("create_template", template.as_str()),
        ("submit_batch", batch.as_str()),
        ("submit_run", run.as_str()),
        ("create_api_key", key.as_str()),
        ("revoke_api_key", key.as_str()),
    ];
    let mut told_sorted = told.clone();
    told_sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told_sorted, expected);
    assert!(entries.iter().all(|entry| entry.actor == admin().key_id.to_string()));
    let text = format!("{entries:?}");
    assert!(!text.contains("a?") && !text.contains("stet_"), "neither prompts nor secrets are in it");
    assert!(world.ops.list_audit(&stranger(), FIRST_PAGE).await.unwrap().items.is_empty());
    let operator = world.ops.list_audit(&actor("default", Role::Operator), FIRST_PAGE).await;
    assert!(matches!(operator, Err(OpError::Forbidden { .. })));
}

#[tokio::test]
async fn a_batch_that_stops_by_itself_says_so() {
    let world = World::new().await;
    let batch = world.running_batch().await;
    let claimed = world.claim_due().await;
    let result = world.result(&claimed[0], "gpt-4o-2024-11-20", "19 %").await;
    let commit = world.ops.seal_run(&claimed[0], result).unwrap();
    world.ops.commit_runs(&org("default"), &[commit]).await.unwrap();
    let entries = world.ops.list_audit(&admin(), FIRST_PAGE).await.unwrap().items;
    let paused = entries.iter().find(|entry| entry.operation == "pause_batch").expect("it drifted");
    assert_eq!((paused.actor.as_str(), paused.subject.as_str()), ("stet", batch.to_string().as_str()));
    let after = String::from_utf8(paused.after.clone().unwrap()).unwrap();
    assert!(after.contains(r#""status":"paused""#) && after.contains("drift"), "{after} {MODEL}");
    let before = String::from_utf8(paused.before.clone().unwrap()).unwrap();
    assert!(before.contains(r#""status":"running""#), "{before}");
}
