//! `stet audit`: what is stored, held against the invariants, and what the exit status says of it.

use serde_json::{Value, json};

use crate::bed::submission;
use crate::database::Database;
use crate::site::Site;

/// The line of an invariant.
fn line<'l>(lines: &'l [Value], invariant: &str) -> &'l Value {
    lines.iter().find(|line| line["invariant"] == invariant).expect("each invariant has a line")
}

#[test]
fn what_is_sound_is_told_line_by_line_and_what_is_broken_by_its_id() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    let batch = site.submit(&template, &submission(&["UNGROUNDED"], 4));
    site.batch_until(&batch, "the batch's end", |batch| batch["status"] == "completed");

    let lines = site.stet(&["audit", "--at-rest"]).done().lines();
    assert_eq!(lines.len(), 11);
    for told in lines.iter().filter(|line| line["invariant"] != "I10") {
        assert!(told["looked"].as_u64() > Some(0) && told["violations"] == 0, "{told}");
    }
    assert_eq!((&line(&lines, "I10")["looked"], &line(&lines, "I4")["looked"]), (&Value::Null, &json!(1)));
    // A template, a batch and its eight runs, at the least.
    assert!(line(&lines, "I11")["looked"].as_u64() >= Some(10), "{lines:?}");

    let mut database = Database::open(&site.database());
    assert_eq!(database.change("UPDATE batch_counters SET succeeded = succeeded - 1"), 1);
    let broken = site.stet(&["audit", "--skip-seals"]).expect(1).lines();
    let counters = line(&broken, "I4");
    assert_eq!(
        (&counters["violations"], &counters["first"]),
        (&json!(1), &json!([format!("default {batch}")]))
    );
    let others = broken.iter().filter(|line| line["invariant"] != "I4");
    assert!(others.into_iter().all(|line| line["violations"] != 1), "{broken:?}");
    assert_eq!(line(&broken, "I11")["looked"], Value::Null);

    let elsewhere = site.stet_with(&[("DATABASE_URL", "sqlite://none.db")], &["audit"]).expect(3);
    assert!(elsewhere.err.contains("there is no database"), "{}", elsewhere.err);
}
