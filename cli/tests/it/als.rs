//! `stet als render`: the block that a cell is sent.

use serde_json::json;

use crate::bed::{Bed, example};
use crate::site::Site;

const SECRET: (&str, &str) = ("ALS_SECRETS", "k1:YWxzLXNlY3JldC1vZi10aGUtdGVzdHMtMzItYnl0ZXM=");

#[test]
fn the_block_is_the_one_that_a_run_is_sent() {
    let site = Site::start("{}", &[]);
    let template = site.template();
    for locale in ["de-DE", "ar-AE", "en-GB"] {
        let rendered =
            site.stet(&["als", "render", "--template", "template.json", "--locale", locale]).done();
        let run = site.stet(&["run", "create", &template, "--locale", locale]).done().json();
        assert_eq!(rendered.out, format!("{}\n", run["record"]["als_block_text"].as_str().unwrap()));
        assert!(rendered.err.contains(run["end"]["als_block_sha256"].as_str().unwrap()), "{}", rendered.err);
        assert!(rendered.err.contains(run["end"]["als_variant_id"].as_str().unwrap()), "{}", rendered.err);
    }
}

#[test]
fn it_is_settled_by_the_secret_alone() {
    let render = |locale: &str| {
        let bed = Bed::new();
        bed.write("template.json", example(|_same| {}));
        let ended =
            bed.stet(&[SECRET], &["als", "render", "--template", "template.json", "--locale", locale]).done();
        ended.out
    };
    assert_eq!(render("de-DE"), render("de-DE"));
    assert_ne!(render("de-DE"), render("de-CH"));
    assert_eq!(render("en-UK"), render("en-GB"), "UK is an alias");
    assert!(render("de-DE").chars().count() <= 351, "350 and the newline");
    assert_eq!(render("none"), "", "the control has no block");
}

#[test]
fn what_cannot_be_rendered_is_refused() {
    let bed = Bed::new();
    bed.write("template.json", example(|_same| {}));
    bed.write(
        "plain.json",
        example(|template| drop(template["config"].as_object_mut().unwrap().remove("als"))),
    );
    bed.write("other.json", example(|template| template["config"]["als"]["seed_key_id"] = json!("k9")));
    bed.write("bad.json", "{");
    let render = |template: &str, locale: &str| {
        bed.stet(&[SECRET], &["als", "render", "--template", template, "--locale", locale])
    };
    render("template.json", "xx-YY").refused(&["LOCALE_INVALID"]);
    render("template.json", "de-XX").refused(&["REGION_UNKNOWN"]);
    render("template.json", "zu-ZA").refused(&["zu-ZA"]);
    render("plain.json", "de-DE").refused(&["no `als`"]);
    render("other.json", "de-DE").refused(&["k9"]);
    render("bad.json", "de-DE").refused(&["bad.json", "JSON_SYNTAX"]);
    render("missing.json", "de-DE").refused(&["missing.json cannot be read"]);
}
