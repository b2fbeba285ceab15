//! `stet key`: roles hold, and a key ends.

use serde_json::Value;

use crate::bed::submission;
use crate::site::{Site, id};

/// A new key of a role; its id and token.
fn create(site: &Site, role: &str) -> (String, String) {
    let made = site.stet(&["key", "create", "--role", role, "--label", "a test"]).done();
    assert!(made.err.contains("not shown again"), "{}", made.err);
    let made = made.json();
    (id(&made["key"]), made["token"].as_str().unwrap().to_owned())
}

#[test]
fn a_viewer_reads_and_is_refused_submission() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let (_, viewer) = create(&site, "viewer");
    let with = |arguments: &[&str]| site.stet_with(&[("STET_API_KEY", &viewer)], arguments);
    assert_eq!(with(&["template", "list"]).done().lines().len(), 1);
    site.bed.write("batch.json", submission(&["UNGROUNDED"], 1));
    with(&["batch", "run", &template, "-f", "batch.json"]).refused(&["403 FORBIDDEN", "viewer", "submitter"]);
    with(&["template", "create", "-f", "template.json"]).refused(&["403 FORBIDDEN"]);
    with(&["key", "create", "--role", "admin", "--label", "mine"]).refused(&["403 FORBIDDEN", "admin"]);
    assert_eq!(site.stet(&["batch", "list"]).done().lines().len(), 0);
}

#[test]
fn a_submitter_submits_and_makes_no_keys() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let (_, submitter) = create(&site, "submitter");
    let with = |arguments: &[&str]| site.stet_with(&[("STET_API_KEY", &submitter)], arguments);
    with(&["run", "create", &template, "--locale", "de-DE"]).done();
    with(&["key", "list"]).refused(&["403 FORBIDDEN"]);
}

#[test]
fn a_revoked_key_opens_nothing() {
    let site = Site::start("{}", &[]);
    let (key, token) = create(&site, "admin");
    site.stet_with(&[("STET_API_KEY", &token)], &["template", "list"]).done();
    site.stet(&["key", "revoke", &key]).done();
    site.stet_with(&[("STET_API_KEY", &token)], &["template", "list"]).refused(&["401 UNAUTHENTICATED"]);
    let listed = site.stet(&["key", "list"]).done();
    let revoked = listed.lines().into_iter().find(|found| found["id"] == key.as_str()).unwrap();
    assert!(revoked["revoked_at"].is_string(), "{revoked}");
    assert!(listed.lines().iter().all(|found| found.get("token").is_none_or(Value::is_null)));
    assert!(!listed.out.contains(token.split('_').nth(2).unwrap()), "no secret is listed");
}

#[test]
fn without_a_key_or_a_server_it_says_what_to_do() {
    let site = Site::start("{}", &[]);
    let elsewhere = [("STET_DATA_DIR", "elsewhere")];
    site.stet_with(&elsewhere, &["template", "list"]).refused(&["no API key", "STET_API_KEY", "stet serve"]);
    assert!(!site.bed.path("elsewhere").exists());
    site.stet_with(&[("STET_API_KEY", "stet_nonsense")], &["template", "list"]).refused(&["401"]);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}");
    site.stet_with(&[("STET_URL", &nowhere)], &["template", "list"])
        .refused(&["no answer from", "is `stet serve` running?"]);
}
