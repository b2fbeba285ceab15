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
