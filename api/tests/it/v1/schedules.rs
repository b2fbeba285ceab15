//! `/v1/schedules`.

use serde_json::{Value, json};
use stet_api::wire;

use crate::fixture::{GRID, Reply, World};

/// A schedule of the grid, on the hour in Berlin, with some members of another value.
fn body(change: impl FnOnce(&mut Value)) -> String {
    let mut body = json!({
        "name": "every hour",
        "cron": "0 * * * *",
        "time_zone": "Europe/Berlin",
        "batch": serde_json::from_str::<Value>(GRID).unwrap(),
    });
    change(&mut body);
    body.to_string()
}

async fn made(world: &World) -> (String, Reply) {
    let template = world.template("What is {{what}}?").await;
    let reply = world.post(&format!("/v1/templates/{template}/schedules"), body(|_| {})).await;
    (reply.string("/id"), reply)
}

#[tokio::test]
async fn a_schedule_is_made_shown_and_listed() {
    let world = World::new().await;
    let (id, reply) = made(&world).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.header("location"), Some(format!("/v1/schedules/{id}").as_str()));
    let shown = world.get(&format!("/v1/schedules/{id}")).await;
    let read: wire::Schedule = serde_json::from_slice(&shown.body).unwrap();
    let upcoming = read.upcoming.unwrap();
    assert_eq!((upcoming.len(), Some(&upcoming[0])), (5, read.next_due_at.as_ref()));
    assert!(upcoming.iter().all(|due| due.ends_with(":00:00.000000Z")), "{upcoming:?}");
    assert!(read.fires.unwrap().is_empty());
    insta::assert_snapshot!("schedule", shown.pretty(&["/next_due_at", "/upcoming"]));
    let list = world.get("/v1/schedules").await;
    assert_eq!(list.string("/items/0/id"), id);
    for left_out in ["batch", "upcoming", "fires"] {
        assert!(list.json()["items"][0].get(left_out).is_none(), "{left_out}");
    }
    assert_eq!(world.get(&format!("/v1/schedules/{id}/fires")).await.json()["items"], json!([]));
}

#[tokio::test]
async fn every_offence_is_named_where_it_stands() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    let path = format!("/v1/templates/{template}/schedules");
    let post = async |change: fn(&mut Value)| world.post(&path, body(change)).await.offences();
    let offence = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    // What cannot be read,
    let unreadable = post(|body| {
        body["when"] = json!(1);
        body["time_zone"] = json!(2);
        body["batch"] =
            json!({"locales": "de-DE", "grounding_modes": [], "replicates": 1, "drift_policy": "hard"});
    });
    assert_eq!(
        unreadable.await,
        [
            offence("/time_zone", "WRONG_TYPE"),
            offence("/batch/locales", "WRONG_TYPE"),
            offence("/when", "UNKNOWN_FIELD"),
        ]
    );
    assert_eq!(post(|body| body["batch"] = json!([])).await, [offence("/batch", "WRONG_TYPE")]);
    let absent = post(|body| body["batch"] = Value::Null).await;
    assert_eq!(absent, [offence("/batch", "MISSING_FIELD")]);
    // and what can, and is not acceptable.
    let unacceptable = post(|body| {
        body["cron"] = json!("0 0 31 2 *");
        body["time_zone"] = json!("Mars/Olympus");
        body["catch_up"] = json!("never");
        body["batch"]["max_parallel"] = json!(0);
    });
    let refused = ["/cron", "/time_zone", "/catch_up", "/batch/max_parallel"];
    assert_eq!(unacceptable.await, refused.map(|pointer| offence(pointer, "VALUE_NOT_ALLOWED")));
    assert_eq!(world.get("/v1/schedules").await.json()["items"], json!([]));
}

#[tokio::test]
async fn what_an_operator_decides_is_answered_with_the_schedule() {
    let world = World::new().await;
    let (id, _) = made(&world).await;
    let post = async |verb: &str, body: &str| world.post(&format!("/v1/schedules/{id}/{verb}"), body).await;
    for (verb, state) in [("pause", "paused"), ("resume", "active"), ("end", "ended")] {
        let decided: wire::ScheduleDecision =
            serde_json::from_slice(&post(verb, r#"{"reason":"why"}"#).await.body).unwrap();
        assert_eq!((decided.changed, decided.schedule.state.as_str()), (true, state));
        assert_eq!(decided.schedule.reason.as_deref(), Some("why"));
        assert_eq!(post(verb, "{}").await.json()["changed"], false, "{verb}");
    }
    let refused = post("resume", "{}").await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "SCHEDULE_STATE"));
    assert_eq!(
        post("pause", r#"{"until":1}"#).await.offences(),
        [("/until".to_owned(), "UNKNOWN_FIELD".to_owned())]
    );
    assert_eq!(world.get(&format!("/v1/schedules/{id}")).await.json()["next_due_at"], Value::Null);
}

#[tokio::test]
async fn under_one_key_one_schedule_is_made() {
    let world = World::new().await;
    let template = world.template("What is {{what}}?").await;
    let path = format!("/v1/templates/{template}/schedules");
    let post = async |cron: &str| {
        let request = world
            .request(http::Method::POST, &path)
            .header("content-type", "application/json")
            .header("idempotency-key", "once")
            .body(body(|body| body["cron"] = json!(cron)).into())
            .unwrap();
        world.send(request).await
    };
    let (first, again) = (post("0 * * * *").await, post("0 * * * *").await);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.string("/id"), again.string("/id"));
    assert_eq!(post("1 * * * *").await.problem(), "IDEMPOTENCY_MISMATCH");
    assert_eq!(world.get("/v1/schedules").await.json()["items"].as_array().unwrap().len(), 1);
}
