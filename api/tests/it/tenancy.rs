//! Another org's id answers exactly as an id that does not exist.

use serde_json::Value;

use crate::fixture::World;

/// An id of the same kind that names nothing.
fn random_of(id: &str) -> String {
    let prefix = id.split('_').next().unwrap();
    if id == "1" {
        "7".to_owned()
    } else if prefix == id {
        "ffffffffffffffff".to_owned()
    } else {
        format!("{prefix}_01JD8Q3Z5X6Y7W8V9T0S1R2P3N")
    }
}

#[tokio::test]
async fn a_foreign_id_answers_byte_for_byte_as_a_random_one() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    let grid = crate::fixture::GRID;
    let batch = world.post(&format!("/v1/templates/{template}/batch-run"), grid).await.string("/id");
    let runs = world.get(&format!("/v1/batches/{batch}/runs")).await;
    let run = runs.string("/items/0/id");
    world.sealed_run(&template).await;
    let hourly = format!(r#"{{"name":"x","cron":"0 * * * *","time_zone":"UTC","batch":{grid}}}"#);
    let schedule = world.post(&format!("/v1/templates/{template}/schedules"), hourly).await.string("/id");

    let document: Value = serde_json::from_str(&stet_api::openapi::document_text()).unwrap();
    let mut walked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !item["get"].is_object() || !path.contains('{') || path.starts_with("/v1/providers") {
            continue;
        }
        let id = match path.split('/').nth(2).unwrap() {
            "templates" => &template,
            "batches" => &batch,
            "runs" => &run,
            "schedules" => &schedule,
            "segments" => "1",
            other => panic!("{other}: a new kind of id needs a thing here"),
        };
        let query = if path.ends_with("/diff") { format!("?against={template}") } else { String::new() };
        let with = |id: &str| path.replace("{id}", id).replace("{segment}", id) + &query;
        let own = world.get(&with(id)).await;
        assert_eq!(own.status, 200, "{path}: {}", own.text());
        let foreign = world.get_as("other", &with(id)).await;
        let random = world.get_as("other", &with(&random_of(id))).await;
        assert_eq!(foreign.status, 404, "{path}");
        assert_eq!(foreign.without_request_id(), random.without_request_id(), "{path}");
        let names =
            |reply: &crate::fixture::Reply| reply.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(&foreign), names(&random), "{path}");
        walked += 1;
    }
    assert!(walked >= 15, "only {walked} operations were walked");
}

#[tokio::test]
async fn foreign_ids_in_filters_and_posts_are_unknown_too() {
    let world = World::new().await;
    let batch = world.batch().await;
    let template = world.get("/v1/templates").await.string("/items/0/id");
    for id in [batch.clone(), random_of(&batch)] {
        let reply = world.get_as("other", &format!("/v1/templates/{template}/runs?batch={id}")).await;
        assert_eq!((reply.status, reply.string("/detail").as_str()), (404, "there is no such template"));
    }
    let token = world.token("other", stet_domain::role::Role::Admin);
    for id in [template.clone(), random_of(&template)] {
        let request = http::Request::post(format!("/v1/templates/{id}/batch-run"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(axum::body::Body::from(crate::fixture::GRID))
            .unwrap();
        let reply = world.send(request).await;
        assert_eq!((reply.status, reply.string("/detail").as_str()), (404, "there is no such template"));
    }
}

#[tokio::test]
async fn lists_and_cursors_are_an_orgs_own() {
    let world = World::new().await;
    for question in ["A?", "B?", "C?"] {
        world.template(question).await;
    }
    assert_eq!(world.get_as("other", "/v1/templates").await.json()["items"], serde_json::json!([]));
    let next = world.get("/v1/templates?limit=1").await.string("/next");
    assert_eq!(world.get(&next).await.status, 200);
    let stolen = world.get_as("other", &next).await;
    assert_eq!(stolen.offences(), [("?cursor".to_owned(), "CURSOR_INVALID".to_owned())]);
}
