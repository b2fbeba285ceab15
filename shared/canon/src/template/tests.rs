use super::*;

const LEAST: &str = r#"{"provider":" OpenAI ","model_version_constraint":"\ufeffGPT-x\u2003","messages":[{"role":"user","content":" Hi\r\nthere {{{{ \n"}]}"#;

fn template(config: &str) -> Template {
    let template = Template::parse(config.as_bytes()).unwrap();
    let bytes = template.canonical_bytes();
    assert_eq!(Template::parse(&bytes).unwrap().canonical_bytes(), bytes, "canonical of canonical is itself");
    template
}

fn refused(config: &str) -> Vec<(Code, String)> {
    let refusals = canonicalize(config.as_bytes()).unwrap_err();
    refusals.into_iter().map(|refusal| (refusal.code, refusal.pointer.unwrap_or_default())).collect()
}

/// The least template with more members.
fn with(members: &str) -> String {
    format!("{},{members}}}", LEAST.strip_suffix('}').unwrap())
}

fn one(code: Code, pointer: &str) -> Vec<(Code, String)> {
    vec![(code, pointer.to_owned())]
}

#[test]
fn defaults_are_written_out() {
    let expected = concat!(
        r#"{"als":null,"canary":null,"generation":{"max_output_tokens":null,"reasoning_effort":null,"seed":null,"stop":[],"#,
        r#""temperature":null,"top_p":null},"grounded_json_two_step":false,"grounding":{"allowed_domains":[],"provoker":null,"#,
        r#""search_context_size":null},"inputs":{},"messages":[{"content":"Hi\nthere {{{{","role":"user"}],"#,
        r#""model_fingerprint_allowlist":[],"model_version_constraint":"GPT-x","output":{"format":"text"},"#,
        r#""provider":"openai","spec":1}"#
    );
    assert_eq!(String::from_utf8(canonicalize(LEAST.as_bytes()).unwrap()).unwrap(), expected);
    assert_eq!(template(LEAST).sha256(), Digest::of(expected.as_bytes()));
    let spelled = with(
        r#""als":null,"canary":null,"generation":{"stop":null},"grounded_json_two_step":false,"grounding":{},
           "inputs":null,"model_fingerprint_allowlist":[],"output":null,"spec":1.0"#,
    );
    assert_eq!(template(&spelled), template(LEAST));
    assert!(template(&LEAST.replace(" OpenAI ", "vertex")).grounded_json_two_step);
}

#[test]
fn sets_are_sorted_and_sequences_are_not() {
    let template = template(&with(
        r#""model_fingerprint_allowlist":["b","a","b"],"canary":["b","a"],"generation":{"stop":["\n\n","a"],"temperature":0.50},
           "grounding":{"allowed_domains":["z.example","a.example"]}"#,
    ));
    assert_eq!(template.model_fingerprint_allowlist, ["a", "b"]);
    assert_eq!(template.canary.as_deref(), Some(&["b".to_owned(), "a".to_owned()][..]));
    assert_eq!(template.generation.stop, ["\n\n", "a"]);
    assert_eq!(template.generation.temperature.as_ref().map(crate::Number::as_str), Some("0.5"));
    assert_eq!(template.grounding.allowed_domains, ["a.example", "z.example"]);
}

#[test]
fn all_offences_are_collected_in_the_order_of_the_table() {
    assert_eq!(
        refused(
            r#"{"model_fingerprint_allowlist":["",1],"zz":1,"generation":{"top_p":1.1,"x/y":1},"spec":2,"messages":[]}"#
        ),
        [
            (Code::UnknownField, "/zz".to_owned()),
            (Code::MissingField, "/provider".to_owned()),
            (Code::MissingField, "/model_version_constraint".to_owned()),
            (Code::Empty, "/model_fingerprint_allowlist/0".to_owned()),
            (Code::WrongType, "/model_fingerprint_allowlist/1".to_owned()),
            (Code::Empty, "/messages".to_owned()),
            (Code::UnknownField, "/generation/x~1y".to_owned()),
            (Code::ValueNotAllowed, "/generation/top_p".to_owned()),
            (Code::ValueNotAllowed, "/spec".to_owned()),
        ]
    );
    assert_eq!(refused("[]"), one(Code::WrongType, ""));
    assert_eq!(refused("{"), one(Code::JsonSyntax, ""));
}

#[test]
fn messages_keep_the_rules_of_a_conversation() {
    let messages = |messages: &str| {
        format!(r#"{{"provider":"gemini","model_version_constraint":"m","messages":{messages}}}"#)
    };
    let system = r#"{"role":"system","content":"s"}"#;
    let user = r#"{"role":"user","content":"u"}"#;
    assert_eq!(template(&messages(&format!("[{system},{system},{user}]"))).messages[0].role, Role::System);
    assert_eq!(
        refused(&messages(&format!("[{user},{system}]"))),
        one(Code::ValueNotAllowed, "/messages/1/role")
    );
    assert_eq!(refused(&messages(&format!("[{system}]"))), one(Code::Empty, "/messages"));
    assert_eq!(
        refused(&messages(&format!("[{}]", vec![user; 65].join(",")))),
        one(Code::TooMany, "/messages")
    );
    assert_eq!(
        refused(&messages(r#"[{"role":"User","content":"u"}]"#)),
        one(Code::ValueNotAllowed, "/messages/0/role")
    );
    assert_eq!(
        refused(&messages(r#"[{"role":"user","content":" \n"}]"#)),
        one(Code::Empty, "/messages/0/content")
    );
    assert_eq!(
        refused(&messages(r#"[{"role":"user","content":"{{a}}"}]"#)),
        one(Code::InputUndeclared, "/messages/0/content")
    );
    assert_eq!(
        refused(&messages(r#"[{"role":"user","content":"{{ a}}"}]"#)),
        one(Code::PlaceholderInvalid, "/messages/0/content")
    );
}

#[test]
fn inputs_are_declared_and_filled() {
    let inputs = |inputs: &str| with(&format!(r#""inputs":{inputs}"#));
    let template = template(&inputs(
        r#"{" a ":{"type":"string","max_length":3.0,"enum":["é","abc"],"default":"é"},"n":{"type":"integer"},"b":{"type":"boolean","default":false}}"#,
    ));
    assert_eq!(template.inputs["a"].default, Some("é".into()));
    let submitted = |text: &str| match Json::parse(text.as_bytes()).unwrap() {
        Json::Object(members) => members,
        other => panic!("{other:?}"),
    };
    let filled = fill_inputs(&template.inputs, &submitted(r#"{"n":2.0000000001,"a":null}"#)).unwrap();
    assert_eq!(filled["n"], InputValue::from(2));
    assert_eq!((&filled["a"], &filled["b"]), (&"é".into(), &false.into()));
    let codes: Vec<Code> = fill_inputs(&template.inputs, &submitted(r#"{"a":"abcd","b":1,"x":1}"#))
        .unwrap_err()
        .into_iter()
        .map(|refusal| refusal.code)
        .collect();
    let expected =
        [Code::InputUndeclared, Code::TooLong, Code::ValueNotAllowed, Code::WrongType, Code::MissingField];
    assert_eq!(codes, expected);

    for (declared, code, pointer) in [
        (r#"{"A":{"type":"string"}}"#, Code::ValueNotAllowed, "/inputs/A"),
        (r#"{"a":{"type":"string"}," a":{"type":"string"}}"#, Code::JsonDuplicateKey, "/inputs/a"),
        (r#"{"a":{}}"#, Code::MissingField, "/inputs/a/type"),
        (r#"{"a":{"type":"text"}}"#, Code::ValueNotAllowed, "/inputs/a/type"),
        (r#"{"a":{"type":"number","max_length":1}}"#, Code::ValueNotAllowed, "/inputs/a/max_length"),
        (r#"{"a":{"type":"string","max_length":1.5}}"#, Code::WrongType, "/inputs/a/max_length"),
        (r#"{"a":{"type":"string","enum":[]}}"#, Code::Empty, "/inputs/a/enum"),
        (r#"{"a":{"type":"integer","enum":[1,1.5]}}"#, Code::WrongType, "/inputs/a/enum/1"),
        (r#"{"a":{"type":"string","max_length":1,"default":"ab"}}"#, Code::TooLong, "/inputs/a/default"),
        (r#"{"a":{"type":"number","enum":[1],"default":2}}"#, Code::ValueNotAllowed, "/inputs/a/default"),
    ] {
        assert_eq!(refused(&inputs(declared)), one(code, pointer), "{declared}");
    }
}

#[test]
fn output_has_a_schema_only_with_json() {
    let output = |output: &str| with(&format!(r#""output":{output}"#));
    let json = template(&output(r#"{"format":"json","schema":{"required":["b","a"]}}"#)).output;
    assert_eq!(
        json,
        Output::Json { schema: Some(Json::parse(br#"{"required":["a","b"]}"#).unwrap()), strict: true }
    );
    assert_eq!(
        template(&output(r#"{"format":"json"}"#)).output,
        Output::Json { schema: None, strict: false }
    );
    for (submitted, code, pointer) in [
        ("{}", Code::MissingField, "/output/format"),
        (r#"{"format":"xml"}"#, Code::ValueNotAllowed, "/output/format"),
        (r#"{"format":"text","strict":false}"#, Code::UnknownField, "/output/strict"),
        (r#"{"format":"json","strict":true}"#, Code::MissingField, "/output/schema"),
        (r#"{"format":"json","schema":{"items":1}}"#, Code::SchemaInvalid, "/output/schema/items"),
    ] {
        assert_eq!(refused(&output(submitted)), one(code, pointer), "{submitted}");
    }
}

#[test]
fn a_template_that_nests_too_deep_once_expanded_is_refused() {
    let nested = |depth: usize| {
        let inner = r#"{"items":"#.repeat(60) + r##"{"$ref":"#/$defs/a"}"## + &"}".repeat(60);
        let definition = r#"{"items":"#.repeat(depth - 60) + "true" + &"}".repeat(depth - 60);
        let schema = format!("{},\"$defs\":{{\"a\":{definition}}}}}", inner.strip_suffix('}').unwrap());
        with(&format!(r#""output":{{"format":"json","schema":{schema}}}"#))
    };
    assert_eq!(template(&nested(126)).to_json().depth(), 128);
    assert_eq!(refused(&nested(127)), one(Code::JsonTooDeep, "/output/schema"));
    assert_eq!(refused(&nested(129)), one(Code::JsonTooDeep, "/output/schema"));
}

#[test]
fn the_seed_key_id_is_filled_or_required() {
    let config = with(r#""als":{"template_id":" t ","catalog":"c1"}"#);
    assert_eq!(refused(&config), one(Code::MissingField, "/als/seed_key_id"));
    let filled = template(&config).with_seed_key_id(" k1 ").unwrap();
    let spelled = with(r#""als":{"template_id":"t","catalog":"c1","seed_key_id":"k1"}"#);
    assert_eq!(filled.canonical_bytes(), canonicalize(spelled.as_bytes()).unwrap());
    assert_eq!(template(LEAST).with_seed_key_id("k1").unwrap(), template(LEAST));
    let refusals = template(&config).with_seed_key_id("").unwrap_err();
    assert_eq!((refusals[0].code, refusals[0].pointer.as_deref()), (Code::Empty, Some("/als/seed_key_id")));
}

#[test]
fn single_values_are_bounded() {
    for (members, code, pointer) in [
        (r#""generation":{"temperature":2.0000005}"#, Code::ValueNotAllowed, "/generation/temperature"),
        (r#""generation":{"temperature":-1}"#, Code::ValueNotAllowed, "/generation/temperature"),
        (r#""generation":{"seed":9223372036854775808}"#, Code::ValueNotAllowed, "/generation/seed"),
        (r#""generation":{"seed":1.5}"#, Code::WrongType, "/generation/seed"),
        (r#""generation":{"max_output_tokens":0}"#, Code::ValueNotAllowed, "/generation/max_output_tokens"),
        (r#""generation":{"reasoning_effort":"Low"}"#, Code::ValueNotAllowed, "/generation/reasoning_effort"),
        (r#""generation":{"stop":[""]}"#, Code::Empty, "/generation/stop/0"),
        (r#""generation":[]"#, Code::WrongType, "/generation"),
        (r#""grounding":{"provoker":"a\nb"}"#, Code::ValueNotAllowed, "/grounding/provoker"),
        (r#""grounding":{"provoker":""}"#, Code::Empty, "/grounding/provoker"),
        (
            r#""grounding":{"search_context_size":"huge"}"#,
            Code::ValueNotAllowed,
            "/grounding/search_context_size",
        ),
        (r#""grounded_json_two_step":true"#, Code::ValueNotAllowed, "/grounded_json_two_step"),
        (r#""grounded_json_two_step":1"#, Code::WrongType, "/grounded_json_two_step"),
        (r#""canary":[]"#, Code::Empty, "/canary"),
        (r#""canary":["a","a","a","a","a","a"]"#, Code::TooMany, "/canary"),
        (r#""als":{"template_id":"t","catalog":"c","seed_key_id":"k","x":1}"#, Code::UnknownField, "/als/x"),
        (r#""spec":"1""#, Code::ValueNotAllowed, "/spec"),
    ] {
        assert_eq!(refused(&with(members)), one(code, pointer), "{members}");
    }
}

#[test]
fn a_template_is_bounded_as_submitted_and_as_canonical() {
    let sized = |padding: usize| format!("{LEAST}{}", " ".repeat(padding));
    let padding = MAX_TEMPLATE_BYTES - LEAST.len();
    assert!(Template::parse(sized(padding).as_bytes()).is_ok());
    assert_eq!(refused(&sized(padding + 1)), one(Code::TemplateTooLarge, ""));
    // The written-out defaults count.
    let content = "x".repeat(MAX_TEMPLATE_BYTES - LEAST.len() - 10);
    assert_eq!(refused(&LEAST.replace("there", &content)), one(Code::TemplateTooLarge, ""));
}
