//! `/v1/batches`.

use stet_api::wire;

use crate::fixture::World;

#[tokio::test]
async fn a_batch_is_shown_with_its_cells() {
    let world = World::new().await;
    let id = world.batch().await;
    let reply = world.get(&format!("/v1/batches/{id}")).await;
    assert_eq!(reply.status, 200);
    insta::assert_snapshot!("batch", reply.pretty(&[]));
    let list = world.get("/v1/batches").await;
    assert_eq!(list.string("/items/0/id"), id);
    assert!(list.json()["items"][0].get("inputs").is_none());

    let mut cells = Vec::new();
    let mut path = format!("/v1/batches/{id}/runs?limit=3");
    loop {
        let page: wire::Page<wire::Run> = serde_json::from_slice(&world.get(&path).await.body).unwrap();
        cells.extend(
            page.items
                .into_iter()
                .map(|run| (run.batch_run_index, run.locale, run.grounding_mode, run.replicate_index)),
        );
        let Some(next) = page.next else { break };
        path = next;
    }
    cells.sort();
    let expected: Vec<_> = ["de-DE", "en-GB"]
        .iter()
        .flat_map(|locale| ["UNGROUNDED", "PREFERRED"].map(|mode| (*locale, mode)))
        .flat_map(|(locale, mode)| [0, 1].map(|replicate| (locale.to_owned(), mode.to_owned(), replicate)))
        .zip(0..)
        .map(|((locale, mode, replicate), index)| (index, locale, mode, replicate))
        .collect();
    assert_eq!(cells, expected);
    let pending = world.get(&format!("/v1/batches/{id}/runs?status=pending&locale=de-de")).await;
    assert_eq!(pending.json()["items"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn what_an_operator_decides_is_answered_with_the_batch() {
    let world = World::new().await;
    let id = world.batch().await;
    let post = async |verb: &str, body: &str| world.post(&format!("/v1/batches/{id}/{verb}"), body).await;
    let paused = post("pause", r#"{"reason":"not yet"}"#).await;
    assert_eq!((paused.status, paused.json()["changed"].clone()), (200, true.into()));
    let batch = &paused.json()["batch"];
    assert_eq!(
        (&batch["status"], &batch["pause_reason"], &batch["reason"]),
        (&"paused".into(), &"operator".into(), &"not yet".into())
    );
    assert_eq!(post("pause", "{}").await.json()["changed"], false);
    let nothing = post("retry", r#"{"cells":"all","reason":"none failed"}"#).await;
    assert_eq!((nothing.status, nothing.json()["changed"].clone()), (200, false.into()));
    let drift: wire::Drift =
        serde_json::from_slice(&world.get(&format!("/v1/batches/{id}/drift")).await.body).unwrap();
    assert_eq!((drift.lock_epoch, drift.locks.len(), drift.observations.len()), (None, 0, 0));
    let matrix: wire::Matrix =
        serde_json::from_slice(&world.get(&format!("/v1/batches/{id}/matrix")).await.body).unwrap();
    let places: Vec<_> = matrix.places.iter().map(|place| (place.locale.as_str(), place.open)).collect();
    assert_eq!(places, [("de-DE", 2), ("de-DE", 2), ("en-GB", 2), ("en-GB", 2)]);
    assert!(matrix.places.iter().all(|place| place.lock_epoch.is_none() && place.modal_share.is_none()));
    let cancelled = post("cancel", r#"{"reason":"not worth it"}"#).await;
    assert_eq!(cancelled.json()["batch"]["counters"]["cancelled"], 8);
    assert_eq!(post("cancel", r#"{"reason":"again"}"#).await.json()["changed"], false);
    for (verb, body) in
        [("pause", "{}"), ("resume", r#"{"lock":"same","reason":"x"}"#), ("retry", r#"{"reason":"x"}"#)]
    {
        let refused = post(verb, body).await;
        assert_eq!((refused.status, refused.problem().as_str()), (409, "BATCH_STATE"), "{verb}");
        assert!(refused.string("/detail").starts_with("the batch is cancelled"), "{}", refused.text());
    }
}

#[tokio::test]
async fn a_decision_that_cannot_be_read_changes_nothing() {
    let world = World::new().await;
    let id = world.batch().await;
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(1_001));
    for (verb, body, pointer, code) in [
        ("pause", r#"{"reason":""}"#, "/reason", "EMPTY"),
        ("pause", r#"{"why":"x"}"#, "/why", "UNKNOWN_FIELD"),
        ("cancel", "{}", "/reason", "MISSING_FIELD"),
        ("cancel", r#"{"reason":"  "}"#, "/reason", "EMPTY"),
        ("cancel", long.as_str(), "/reason", "TOO_LONG"),
        ("resume", r#"{"reason":"x"}"#, "/lock", "MISSING_FIELD"),
        ("resume", r#"{"lock":"other","reason":"x"}"#, "/lock", "VALUE_NOT_ALLOWED"),
        (
            "resume",
            r#"{"lock":"same","accept_version":"v","reason":"x"}"#,
            "/accept_version",
            "VALUE_NOT_ALLOWED",
        ),
        ("retry", r#"{"cells":"succeeded","reason":"x"}"#, "/cells", "VALUE_NOT_ALLOWED"),
    ] {
        let refused = world.post(&format!("/v1/batches/{id}/{verb}"), body).await;
        assert_eq!(refused.status, 422, "{verb} {body}: {}", refused.text());
        assert_eq!(refused.offences(), [(pointer.to_owned(), code.to_owned())], "{verb} {body}");
    }
    assert_eq!(world.get(&format!("/v1/batches/{id}")).await.string("/status"), "preflight");
    let gone = world.post("/v1/batches/bat_01JD8Q3Z5X6Y7W8V9T0S1R2P3N/cancel", r#"{"reason":"x"}"#).await;
    assert_eq!((gone.status, gone.string("/detail").as_str()), (404, "there is no such batch"));
}
