//! `stet canon`: exact bytes (canonical.md §7).

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::bed::{Bed, example};

/// Runs a command on the given standard input; its raw standard output, since `Ended` holds text.
fn piped(mut command: Command, input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), output.stdout, String::from_utf8(output.stderr).unwrap())
}

fn canon(arguments: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let bed = Bed::new();
    let arguments: Vec<&str> = ["canon"].iter().chain(arguments).copied().collect();
    let done = piped(bed.command(&[], &arguments), input);
    assert_eq!(bed.names(), [""; 0], "canonical forms need no data folder");
    done
}

#[test]
fn the_bytes_are_exact_and_without_a_newline() {
    let (code, out, err) = canon(&["output"], b"{\"b\": 1.0, \"a\": [1, 2]}\n");
    assert_eq!((code, out.as_slice(), err.as_str()), (Some(0), &br#"{"a":[1,2],"b":1}"#[..], ""));
    // `-` is standard input too; NFC and line ends are canonical.md's.
    let (code, out, _) = canon(&["text", "-"], "e\u{301}\r\nx".as_bytes());
    assert_eq!((code, String::from_utf8(out).unwrap().as_str()), (Some(0), "\u{e9}\nx"));
}

#[test]
fn digests_of_several_files_come_as_sha256sum_prints_them() {
    let bed = Bed::new();
    bed.write("one.json", r#"{"b":1.0,"a":[1,2]}"#);
    bed.write("two.json", r#"{ "a": [1, 2], "b": 1 }"#);
    bed.write("bad.json", r#"{"a":1,"a":2}"#);
    let ended = bed.stet(&[], &["canon", "output", "--sha256", "one.json", "bad.json", "two.json"]).expect(1);
    let digest = "94a786c3662bc7beeb598efa7d8cb58d7bea25d6c275ea9785a0230ff1f8c2ba";
    assert_eq!(
        ended.out,
        format!("{digest}  one.json\nrefused JSON_DUPLICATE_KEY  bad.json\n{digest}  two.json\n")
    );
    let ended = bed.stet(&[], &["canon", "output", "--sha256", "two.json", "one.json"]).done();
    assert_eq!(ended.out, format!("{digest}  two.json\n{digest}  one.json\n"));
}

#[test]
fn a_refusal_names_code_message_and_place() {
    let (code, out, err) = canon(&["output"], b"{\"a\":\n 01}");
    assert_eq!((code, out.len()), (Some(1), 0));
    let place = err.trim_end().strip_prefix("JSON_SYNTAX: ").unwrap_or_else(|| panic!("{err}"));
    assert!(place.ends_with("(line 2 column 3)") || place.ends_with("(line 2 column 2)"), "{err}");
    let (code, out, err) = canon(&["output"], b"\"\xff\"");
    assert_eq!((code, out.len()), (Some(1), 0));
    assert!(err.starts_with("INVALID_UTF8: "), "{err}");
    let (code, _, err) = canon(&["output"], b"");
    assert_eq!(code, Some(1));
    assert!(err.starts_with("JSON_SYNTAX: ") && err.ends_with("(line 1 column 1)\n"), "{err}");
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    Bed::new().stet(&[], &["canon", "output", "missing.json"]).refused(&["missing.json cannot be read"]);
}

#[test]
fn a_template_file_and_its_config_alone_are_the_same() {
    let bed = Bed::new();
    let whole = example(|template| template["config"]["als"]["seed_key_id"] = json!("k1"));
    let config = serde_json::from_str::<serde_json::Value>(&whole).unwrap()["config"].to_string();
    bed.write("whole.json", &whole);
    bed.write("config.json", &config);
    let from_whole = bed.stet(&[], &["canon", "template", "whole.json"]).done().out;
    let from_config = bed.stet(&[], &["canon", "template", "config.json"]).done().out;
    assert_eq!(from_whole, from_config);
    assert!(from_whole.starts_with('{') && from_whole.ends_with('}'));
    // Nobody can fill in a key id here.
    bed.write("open.json", example(|_same| {}));
    bed.stet(&[], &["canon", "template", "open.json"]).refused(&["MISSING_FIELD: ", "/als/seed_key_id"]);
}

#[test]
fn the_digest_of_a_stored_template_is_found_again_outside() {
    let site = crate::site::Site::start("{}", &[]);
    let shown = site.stet(&["template", "show", &site.template()]).done().json();
    site.bed.write("stored.json", shown["config"].to_string());
    let digests = site.bed.stet(&[], &["canon", "template", "--sha256", "stored.json"]).done().out;
    assert_eq!(digests, format!("{}  stored.json\n", shown["template_sha256"].as_str().unwrap()));
}
