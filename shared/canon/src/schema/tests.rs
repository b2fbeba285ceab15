use super::*;
use crate::refusal::Code;

fn canonical(schema: &str) -> String {
    let canonical = canonicalize(&Json::parse(schema.as_bytes()).unwrap(), "").unwrap();
    assert_eq!(canonicalize(&canonical, "").unwrap(), canonical, "canonical of canonical is itself");
    canonical.to_canonical_string()
}

fn refused(schema: &str) -> Vec<(Code, String)> {
    let refusals = canonicalize(&Json::parse(schema.as_bytes()).unwrap(), "/s").unwrap_err();
    refusals.into_iter().map(|refusal| (refusal.code, refusal.pointer.unwrap())).collect()
}

fn one(code: Code, pointer: &str) -> Vec<(Code, String)> {
    vec![(code, pointer.to_owned())]
}

#[test]
fn sets_are_sorted_at_schema_positions_only() {
    assert_eq!(
        canonical(
            r#"{"required":["b","a","b"],"type":["string","null"],"enum":[2,10,"a",null,[1],{"required":["b","a"]}]}"#
        ),
        r#"{"enum":[null,10,2,"a",[1],{"required":["b","a"]}],"required":["a","b"],"type":["null","string"]}"#
    );
    assert_eq!(
        canonical(
            r#"{"properties":{"required":{"enum":["b","a"]}},"const":{"enum":["b","a"]},"x":{"required":["b","a"]}}"#
        ),
        r#"{"const":{"enum":["b","a"]},"properties":{"required":{"enum":["a","b"]}},"x":{"required":["b","a"]}}"#
    );
    assert_eq!(
        canonical(r#"{"dependentRequired":{"a":["c","b","c"]}}"#),
        r#"{"dependentRequired":{"a":["b","c"]}}"#
    );
    assert_eq!(canonical(r#"{"type":"string"}"#), r#"{"type":"string"}"#);
    assert_eq!(canonical(r#"{"type":["string"]}"#), r#"{"type":["string"]}"#);
    assert_eq!(canonical("true"), "true");
}

#[test]
fn branches_are_sorted_once_they_are_canonical() {
    let branches = r#"[{"type":["string","null"]},false,{"type":["null","string"]},{"const":1}]"#;
    let set = r#"[false,{"const":1},{"type":["null","string"]}]"#;
    assert_eq!(canonical(&format!(r#"{{"anyOf":{branches}}}"#)), format!(r#"{{"anyOf":{set}}}"#));
    assert_eq!(canonical(&format!(r#"{{"allOf":{branches}}}"#)), format!(r#"{{"allOf":{set}}}"#));
    assert_eq!(
        canonical(&format!(r#"{{"oneOf":{branches}}}"#)),
        r#"{"oneOf":[false,{"const":1},{"type":["null","string"]},{"type":["null","string"]}]}"#
    );
    assert_eq!(
        canonical(r#"{"prefixItems":[true,{"const":1},false]}"#),
        r#"{"prefixItems":[true,{"const":1},false]}"#
    );
}

#[test]
fn references_are_inlined_and_scaffolding_is_dropped() {
    assert_eq!(
        canonical(
            r##"{"$schema":"https://json-schema.org/draft/2020-12/schema#","$id":"https://a.example/s","$comment":1,
                "$defs":{"a":{"$anchor":"x","type":"string","title":"A"},"b c":{"$ref":"#x","description":"B"}},
                "properties":{"p":{"$ref":"#/$defs/a"},"q":{"$ref":"#/$defs/b%20c","title":"Q"}}}"##
        ),
        r#"{"properties":{"p":{"title":"A","type":"string"},"q":{"description":"B","title":"Q","type":"string"}}}"#
    );
    assert_eq!(
        canonical(r##"{"$defs":{"a":true},"items":{"$ref":"#/$defs/a","$comment":"c"}}"##),
        r#"{"items":true}"#
    );
    assert_eq!(
        canonical(r##"{"x":{"type":["b","a"]},"items":{"$ref":"#/x"}}"##),
        r#"{"items":{"type":["a","b"]},"x":{"type":["b","a"]}}"#
    );
}

#[test]
fn what_references_may_not_do_is_refused() {
    let conflict = r##"{"$defs":{"a":{}},"properties":{"p":{"$ref":"#/$defs/a","type":"string"}}}"##;
    assert_eq!(refused(conflict), one(Code::SchemaRefConflict, "/s/properties/p/$ref"));
    let boolean =
        r##"{"$defs":{"a":{"$ref":"#/$defs/t"},"t":true},"items":{"$ref":"#/$defs/a","title":"T"}}"##;
    assert_eq!(refused(boolean), one(Code::SchemaRefConflict, "/s/items/$ref"));
    for remote in ["other.json", "https://a.example/s#/x", ""] {
        assert_eq!(
            refused(&format!(r#"{{"items":{{"$ref":"{remote}"}}}}"#)),
            one(Code::SchemaRemoteRef, "/s/items/$ref")
        );
    }
    for missing in ["#/$defs/x", "#x", "#/%", "#/items/0"] {
        assert_eq!(
            refused(&format!(r#"{{"items":{{"$ref":"{missing}"}}}}"#)),
            one(Code::SchemaRefNotFound, "/s/items/$ref")
        );
    }
    for (recursive, reference) in [
        (r##"{"$ref":"#"}"##, "/s/$ref"),
        (r##"{"items":{"$ref":"#"}}"##, "/s/items/$ref"),
        (
            r##"{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"items":{"$ref":"#/$defs/b"}},"b":{"not":{"$ref":"#/$defs/a"}}}}"##,
            "/s/$defs/b/not/$ref",
        ),
        (
            r##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
            "/s/$defs/b/$ref",
        ),
    ] {
        assert_eq!(refused(recursive), one(Code::SchemaRecursiveRef, reference), "{recursive}");
    }
    // What is not reachable from the root does not count.
    assert_eq!(canonical(r##"{"$defs":{"a":{"$ref":"#/$defs/a"}}}"##), "{}");
}

#[test]
fn impossible_and_unsupported_schemas_are_refused() {
    for (schema, pointer) in [
        ("1", "/s"),
        (r#"{"items":[]}"#, "/s/items"),
        (r#"{"properties":[]}"#, "/s/properties"),
        (r#"{"anyOf":{}}"#, "/s/anyOf"),
        (r#"{"required":"a"}"#, "/s/required"),
        (r#"{"required":[1]}"#, "/s/required/0"),
        (r#"{"type":1}"#, "/s/type"),
        (r#"{"enum":{}}"#, "/s/enum"),
        (r#"{"dependentRequired":{"a/b":"c"}}"#, "/s/dependentRequired/a~1b"),
        (r#"{"$defs":{"a":1}}"#, "/s/$defs/a"),
        (r#"{"$ref":1}"#, "/s/$ref"),
    ] {
        assert_eq!(refused(schema), one(Code::SchemaInvalid, pointer), "{schema}");
    }
    for (schema, pointer) in [
        (r#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "/s/$schema"),
        (r##"{"$dynamicRef":"#a"}"##, "/s/$dynamicRef"),
        (r#"{"definitions":{}}"#, "/s/definitions"),
        (r#"{"$defs":{"a":{"$id":"x"}}}"#, "/s/$defs/a/$id"),
    ] {
        assert_eq!(refused(schema), one(Code::SchemaUnsupported, pointer), "{schema}");
    }
    assert_eq!(
        refused(r#"{"const":[0.1234567],"minimum":0.1234560}"#),
        one(Code::NumberTooPrecise, "/s/const/0")
    );
    let named_alike = r#"{"properties":{"$dynamicRef":true,"$id":true,"definitions":true}}"#;
    assert_eq!(canonical(named_alike), named_alike);
}

#[test]
fn doubling_references_cost_nothing() {
    let mut definitions: Vec<String> = (1..100)
        .map(|number| {
            let below = number - 1;
            format!(r##""d{number}":{{"prefixItems":[{{"$ref":"#/$defs/d{below}"}},{{"$ref":"#/$defs/d{below}"}}]}}"##)
        })
        .collect();
    definitions.push(r#""d0":{"const":0}"#.to_owned());
    let schema =
        |depth: usize| format!(r##"{{"$ref":"#/$defs/d{depth}","$defs":{{{}}}}}"##, definitions.join(","));
    assert_eq!(refused(&schema(60)), one(Code::SchemaTooLarge, "/s"));
    assert_eq!(refused(&schema(99)), one(Code::JsonTooDeep, "/s"));
    assert_eq!(canonical(&schema(2)).matches("const").count(), 4);
    // Equal branches of a set are one.
    assert!(canonical(&schema(60).replace("prefixItems", "anyOf")).len() < 1000);
}

#[test]
fn the_size_is_that_of_the_expanded_canonical_schema() {
    let sized = |length: usize| {
        format!(
            r##"{{"$defs":{{"a":{{"title":"{}"}}}},"items":{{"$ref":"#/$defs/a"}}}}"##,
            "x".repeat(length)
        )
    };
    let frame = r#"{"items":{"title":""}}"#.len();
    assert_eq!(canonical(&sized(MAX_SCHEMA_BYTES - frame)).len(), MAX_SCHEMA_BYTES);
    assert_eq!(refused(&sized(MAX_SCHEMA_BYTES - frame + 1)), one(Code::SchemaTooLarge, "/s"));
}

#[test]
fn long_chains_of_references_do_not_overflow() {
    let chain: Vec<String> =
        (0..5_000).map(|number| format!(r##""d{number}":{{"$ref":"#/$defs/d{}"}}"##, number + 1)).collect();
    let schema =
        format!(r##"{{"$ref":"#/$defs/d0","$defs":{{{},"d5000":{{"type":"null"}}}}}}"##, chain.join(","));
    assert_eq!(canonical(&schema), r#"{"type":"null"}"#);
}
