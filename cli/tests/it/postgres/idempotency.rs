//! `kill -9` between an effect and its answer: the same request again is answered from what stands (api.md, "Conventions").

use std::sync::mpsc;
use std::thread;

use serde_json::Value;
use stet_testkit::{Login, Way};

use super::proxy::Proxy;
use super::server::Server;
use crate::bed::{example, submission};
use crate::http;
use crate::site::Site;

/// Sends the request, has the server killed once the database has committed its effect and before the server hears of it, starts the server again and
/// sends the same; what the second was answered.
fn killed_between(site: &mut Site, server: &Server, proxy: &Proxy, path: &str, body: &str) -> (u16, Value) {
    let records = || server.number("SELECT count(*) FROM idempotency_keys");
    let before = records();
    let headers = [("idempotency-key", "k-1"), ("content-type", "application/json")];
    let (url, key) = (site.url().to_owned(), site.key());
    let (answered, answer) = mpsc::channel();
    proxy.hold();
    let sent = (path.to_owned(), body.to_owned());
    thread::spawn(move || {
        let said = http::post(&url, &sent.0, &key, &headers, &sent.1);
        answered.send(said.is_some()).unwrap();
    });
    // Each commit is looked at before its answer goes on; that of the effect never does.
    let held = proxy.until_held(|| records() > before);
    assert!(site.take_server().kill());
    // Not before the server is gone: it would answer that its database is.
    drop(held);
    assert!(!answer.recv().unwrap(), "the first request was answered");
    proxy.let_go();
    site.serve();
    let headers = [("idempotency-key", "k-1"), ("content-type", "application/json")];
    http::post(site.url(), path, &site.key(), &headers, body).expect("the server answers")
}

#[test]
fn a_kill_between_effect_and_answer_leaves_one_effect() {
    let server = Server::start();
    let proxy = Proxy::to(&server.url(Way::Straight, Login::Both));
    let mut site = Site::start("{}", &[("DATABASE_URL", proxy.url())]);
    let template = site.template();
    let other = example(|template| template["config"]["generation"]["max_output_tokens"] = 399.into());
    let paths = [
        (format!("/v1/templates/{template}/batch-run"), submission(&["UNGROUNDED"], 2), "batches"),
        (
            format!("/v1/templates/{template}/run"),
            r#"{"locale":"de-DE","grounding_mode":"UNGROUNDED","inputs":{}}"#.to_owned(),
            "runs WHERE batch_id IS NULL",
        ),
        ("/v1/templates".to_owned(), other, "templates"),
    ];
    for (path, body, effects) in paths {
        let counted = || server.number(&format!("SELECT count(*) FROM {effects}"));
        let before = counted();
        let (status, said) = killed_between(&mut site, &server, &proxy, &path, &body);
        assert!(status == 200 || (status == 202 && said["status"] != "succeeded"), "{path}: {status} {said}");
        assert_eq!(counted() - before, 1, "{path}");
        server.run("UPDATE idempotency_keys SET key = key || '-' || created_at_us");
    }
    site.stop();
}
