//! `/v1/templates`.

use serde_json::json;
use stet_api::wire;

use crate::fixture::{GRID, World, template};

#[tokio::test]
async fn new_content_is_201_and_the_same_is_200_under_any_name() {
    let world = World::new().await;
    let first = world.post("/v1/templates", template("What is {{what}}?")).await;
    assert_eq!(first.status, 201, "{}", first.text());
    insta::assert_snapshot!("template", first.pretty(&[]));
    assert_eq!(first.header("location"), Some(format!("/v1/templates/{}", first.string("/id")).as_str()));
    let renamed = template("What is {{what}}?").replace("a question", "another name");
    let same = world.post("/v1/templates", renamed).await;
    assert_eq!((same.status, same.header("idempotency-replayed")), (200, None));
    assert_eq!(same.json(), first.json(), "the stored name is answered");
}

#[tokio::test]
async fn a_template_is_cached_for_ever_by_its_identity() {
    let world = World::new().await;
    let id = world.template("?").await;
    let reply = world.get(&format!("/v1/templates/{id}")).await;
    let tag = format!("\"{}\"", reply.string("/template_sha256"));
    assert_eq!(reply.header("etag"), Some(tag.as_str()));
    assert_eq!(reply.header("cache-control"), Some("private, max-age=31536000, immutable"));
    let request =
        world.request(http::Method::GET, &format!("/v1/templates/{id}")).header("if-none-match", &tag);
    let held = world.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((held.status, held.body.len(), held.header("etag")), (304, 0, Some(tag.as_str())));
}

#[tokio::test]
async fn the_recipe_is_answered_byte_for_byte() {
    let world = World::new().await;
    let body =
        template("?").replace("\"max_output_tokens\":100", "\"max_output_tokens\":100,\"temperature\":0.70");
    let id = world.post("/v1/templates", body).await.string("/id");
    let reply = world.get(&format!("/v1/templates/{id}")).await;
    let read: wire::Template = serde_json::from_slice(&reply.body).unwrap();
    let config = read.config.unwrap();
    assert_eq!(stet_domain::Digest::of(config.get().as_bytes()).to_string(), read.template_sha256);
}

#[tokio::test]
async fn lists_go_page_by_page_newest_first() {
    let world = World::new().await;
    let mut made = Vec::new();
    for question in ["A?", "B?", "C?", "D?", "E?"] {
        made.push(world.template(question).await);
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut path = "/v1/templates?limit=2".to_owned();
    loop {
        let reply = world.get(&path).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let page: wire::Page<wire::Template> = serde_json::from_slice(&reply.body).unwrap();
        assert!(page.items.iter().all(|template| template.config.is_none()));
        seen.extend(page.items.into_iter().map(|template| template.id));
        let link = page.next.as_ref().map(|next| format!("<{next}>; rel=\"next\""));
        assert_eq!(reply.header("link"), link.as_deref());
        let Some(next) = page.next else { break };
        path = next;
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn a_diff_leads_from_the_other_to_this_one() {
    let world = World::new().await;
    let (a, b) = (world.template("A?").await, world.template("B?").await);
    let reply = world.get(&format!("/v1/templates/{b}/diff?against={a}")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json-patch+json")));
    assert_eq!(reply.json(), json!([{"op": "replace", "path": "/messages/0/content", "value": "B?"}]));
    assert_eq!(world.get(&format!("/v1/templates/{b}/diff?against={b}")).await.json(), json!([]));
    let missing = world.get(&format!("/v1/templates/{b}/diff")).await;
    assert_eq!(missing.offences(), [("?against".to_owned(), "MISSING_FIELD".to_owned())]);
    for unknown in ["x", "tpl_01JD8Q3Z5X6Y7W8V9T0S1R2P3N"] {
        assert_eq!(world.get(&format!("/v1/templates/{b}/diff?against={unknown}")).await.status, 404);
    }
}

#[tokio::test]
async fn a_template_verifies() {
    let world = World::new().await;
    let id = world.template("?").await;
    let reply = world.get(&format!("/v1/templates/{id}/verify")).await;
    let verification: wire::Verification = serde_json::from_slice(&reply.body).unwrap();
    assert!(verification.intact && verification.disagreement.is_none());
}

#[tokio::test]
async fn a_run_past_the_wait_is_202_and_says_what_was_applied() {
    let world = World::new().await;
    let id = world.template("?").await;
    let path = format!("/v1/templates/{id}/run");
    let body = r#"{"locale":"de-DE","grounding_mode":"UNGROUNDED","inputs":{"what":"tax"}}"#;
    for (prefer, applied) in [("respond-async", "respond-async"), ("wait=0", "wait=0")] {
        let reply = world.post_with(&path, &[("prefer", prefer)], body).await;
        assert_eq!(
            (reply.status, reply.header("preference-applied")),
            (202, Some(applied)),
            "{}",
            reply.text()
        );
        let run: wire::Run = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((run.status.as_str(), run.end), ("pending", None));
        assert_eq!(reply.header("location"), Some(format!("/v1/runs/{}", run.id).as_str()));
    }
}

#[tokio::test]
async fn a_run_that_ends_within_the_wait_is_200() {
    let world = World::new().await;
    let id = world.template("?").await;
    let path = format!("/v1/templates/{id}/run");
    let body = r#"{"locale":"de-DE","grounding_mode":"UNGROUNDED"}"#;
    let waiting = world.post_with(&path, &[("prefer", "wait=60")], body);
    let working = async {
        while world.execute("19 %").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let (reply, ()) = tokio::join!(waiting, working);
    assert_eq!((reply.status, reply.header("preference-applied")), (200, Some("wait=60")));
    let run: wire::Run = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(run.status, "succeeded");
    assert_eq!(run.record.unwrap().output.as_deref(), Some("19 %"));
}

#[tokio::test]
async fn a_plan_is_shown_and_may_be_held_to() {
    let world = World::new().await;
    let id = world.template("What is {{what}}?").await;
    let path = format!("/v1/templates/{id}/batch-run");
    let reply = world.post(&format!("{path}?dry_run=true"), GRID).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    insta::assert_snapshot!("plan", reply.pretty(&[]));
    assert_eq!(world.written().await, (1, 0));

    let plan: wire::Plan = serde_json::from_slice(&reply.body).unwrap();
    let expecting =
        |digest: &str| GRID.replacen('{', &format!("{{\"expected_plan_sha256\":\"{digest}\","), 1);
    let other = world.post(&path, expecting(&"0".repeat(64))).await;
    assert_eq!((other.status, other.problem().as_str()), (412, "PLAN_MISMATCH"));
    assert!(other.string("/detail").contains(&plan.plan_sha256));
    assert_eq!(world.written().await, (1, 0));
    let held = world.post(&path, expecting(&plan.plan_sha256)).await;
    assert_eq!((held.status, held.string("/plan_sha256")), (202, plan.plan_sha256));
}

#[tokio::test]
async fn runs_are_found_by_every_filter() {
    let world = World::new().await;
    let id = world.template("?").await;
    let run = format!("/v1/templates/{id}/run");
    for locale in ["de-DE", "en-GB"] {
        let body = format!(r#"{{"locale":"{locale}","grounding_mode":"UNGROUNDED"}}"#);
        world.post_with(&run, &[("prefer", "respond-async")], body).await;
        assert_eq!(world.execute(locale).await, 1);
    }
    let runs = world.get(&format!("/v1/templates/{id}/runs")).await.json();
    let newest = &runs["items"][0];
    assert_eq!(newest["locale"], "en-GB");
    let output = newest["end"]["response_output_sha256"].as_str().unwrap();
    let created = newest["created_at"].as_str().unwrap();
    for (filter, found) in [
        ("status=succeeded".to_owned(), 2),
        ("status=failed".to_owned(), 0),
        ("locale=en-uk".to_owned(), 1),
        ("grounding_mode=UNGROUNDED".to_owned(), 2),
        ("grounding_mode=REQUIRED".to_owned(), 0),
        (format!("response_output_sha256={output}"), 1),
        ("model_version_effective=gpt-4o-2024-08-06".to_owned(), 2),
        ("model_version_effective=other".to_owned(), 0),
        (format!("created_from={created}"), 1),
        (format!("created_before={created}"), 1),
        (format!("created_from={created}&locale=de-DE"), 0),
    ] {
        let reply = world.get(&format!("/v1/templates/{id}/runs?{filter}")).await;
        assert_eq!(reply.status, 200, "{filter}: {}", reply.text());
        assert_eq!(reply.json()["items"].as_array().unwrap().len(), found, "{filter}");
    }
    for (filter, pointer) in
        [("status=done", "?status"), ("created_from=now", "?created_from"), ("batch=x", "?batch")]
    {
        let reply = world.get(&format!("/v1/templates/{id}/runs?{filter}")).await;
        assert_eq!(reply.offences(), [(pointer.to_owned(), "VALUE_NOT_ALLOWED".to_owned())]);
    }
    let next = world.get(&format!("/v1/templates/{id}/runs?status=succeeded&limit=1")).await.string("/next");
    let second = world.get(&next).await;
    assert_eq!((second.string("/items/0/locale").as_str(), &second.json()["next"]), ("de-DE", &json!(null)));
    let changed = next.replace("status=succeeded", "status=failed");
    assert_eq!(world.get(&changed).await.offences()[0].1, "CURSOR_INVALID");
}
