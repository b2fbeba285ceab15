use super::*;
use crate::als::Keyring;
use crate::keyring::tests::ring;
use crate::template::ReasoningEffort;

fn template(config: &str) -> Template {
    let config = format!(r#"{{"messages":[{{"role":"user","content":"q"}}],{config}}}"#);
    Template::parse(config.as_bytes()).unwrap_or_else(|refusals| panic!("{refusals:?}: {config}"))
}

fn openai(model: &str, more: &str) -> Template {
    template(&format!(r#""provider":"openai","model_version_constraint":"{model}"{more}"#))
}

fn offences_with(
    template: &Template,
    keys: Option<&Keyring>,
    listed: &[String],
) -> Vec<(String, &'static str)> {
    let limits = Limits::default();
    let surroundings = Surroundings { limits: &limits, als_keys: keys, listed_models: listed };
    let errors = check(template, &surroundings);
    errors.into_iter().map(|error| (error.pointer, error.code.as_str())).collect()
}

fn offences(template: &Template) -> Vec<(String, &'static str)> {
    offences_with(template, None, &[])
}

fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

#[test]
fn floating_models_are_refused_in_all_three_ways() {
    let alias = one("/model_version_constraint", "MODEL_ALIAS");
    assert_eq!(offences(&openai("gpt-5-chat-latest", "")), alias);
    assert_eq!(offences(&openai("gpt-4o", "")), alias);
    assert_eq!(offences(&openai("gpt-4o-2024-08-06", "")), []);
    let listed = ["gpt-5.7-2026-09-10".to_owned()];
    assert_eq!(offences_with(&openai("gpt-5.7", ""), None, &listed), alias);
    assert_eq!(offences(&openai("gpt-5.7", "")), []);
    let gemini = template(r#""provider":"vertex","model_version_constraint":"gemini-flash-latest""#);
    assert_eq!(offences(&gemini), alias);
    assert_eq!(offences(&openai("gpt-5-chat-LATEST", "")), alias);
    assert_eq!(offences(&openai("x-Latest", "")), alias);
    assert_eq!(offences(&openai("é-late", "")), []);
    let resource = template(r#""provider":"gemini","model_version_constraint":"models/gemini-2.5-flash""#);
    assert_eq!(offences(&resource), one("/model_version_constraint", "VALUE_NOT_ALLOWED"));
}

#[test]
fn canaries_are_taken_of_every_model() {
    assert_eq!(offences(&openai("m", r#","canary":["x"]"#)), []);
    assert_eq!(offences(&openai("o3-2025-04-16", r#","canary":["x"]"#)), []);
    assert_eq!(offences(&openai("m", r#","canary":null"#)), []);
}

#[test]
fn parameters_are_refused_where_the_family_does_not_take_them() {
    let unsupported = "PARAMETER_UNSUPPORTED";
    let with = |model: &str, generation: &str| {
        offences(&openai(model, &format!(r#","generation":{{{generation}}}"#)))
    };
    assert_eq!(with("gpt-4o-2024-08-06", r#""temperature":0,"top_p":1"#), []);
    assert_eq!(with("gpt-4o-2024-08-06", r#""seed":7"#), one("/generation/seed", unsupported));
    assert_eq!(with("gpt-4o-2024-08-06", r#""stop":["x"]"#), one("/generation/stop", unsupported));
    assert_eq!(
        with("gpt-4o-2024-08-06", r#""max_output_tokens":15"#),
        one("/generation/max_output_tokens", "VALUE_NOT_ALLOWED")
    );
    assert_eq!(with("gpt-4o-2024-08-06", r#""max_output_tokens":16"#), []);
    let effort = one("/generation/reasoning_effort", unsupported);
    assert_eq!(with("gpt-4o-2024-08-06", r#""reasoning_effort":"low""#), effort);
    assert_eq!(with("o3-2025-04-16", r#""reasoning_effort":"none""#), effort);
    assert_eq!(with("gpt-5.6-sol", r#""reasoning_effort":"minimal""#), effort);
    let temperature = one("/generation/temperature", unsupported);
    assert_eq!(with("gpt-5-2025-08-07", r#""temperature":0"#), temperature);
    assert_eq!(with("gpt-5.4-2026-03-05", r#""temperature":0"#), []);
    assert_eq!(with("gpt-5.4-2026-03-05", r#""temperature":0,"reasoning_effort":"low""#), temperature);
    assert_eq!(with("gpt-5.5-2026-04-23", r#""temperature":0"#), temperature);
    assert_eq!(with("gpt-5.5-2026-04-23", r#""temperature":0,"reasoning_effort":"none""#), []);
    assert_eq!(with("some-new-model", r#""temperature":0,"reasoning_effort":"max""#), []);
}

#[test]
fn gemini_has_a_seed_of_32_bits_and_no_search_settings() {
    let with = |more: &str| {
        offences(&template(&format!(
            r#""provider":"gemini","model_version_constraint":"gemini-2.5-flash",{more}"#
        )))
    };
    assert_eq!(with(r#""generation":{"seed":2147483647,"stop":["x"],"max_output_tokens":1}"#), []);
    assert_eq!(with(r#""generation":{"seed":2147483648}"#), one("/generation/seed", "VALUE_NOT_ALLOWED"));
    assert_eq!(
        with(r#""grounding":{"allowed_domains":["a.b"]}"#),
        one("/grounding/allowed_domains", "PARAMETER_UNSUPPORTED")
    );
}

#[test]
fn gemini_takes_the_efforts_of_its_generation() {
    let taken = |model: &str| -> Vec<&'static str> {
        let takes = |effort: &&ReasoningEffort| {
            let generation =
                format!(r#""generation":{{"reasoning_effort":"{effort}","temperature":0,"top_p":1}}"#);
            let config = format!(r#""provider":"vertex","model_version_constraint":"{model}",{generation}"#);
            let offences = offences(&template(&config));
            assert!(
                offences.is_empty()
                    || offences == one("/generation/reasoning_effort", "PARAMETER_UNSUPPORTED"),
                "{config}: {offences:?}"
            );
            offences.is_empty()
        };
        ReasoningEffort::ALL.iter().filter(takes).map(|effort| effort.as_str()).collect()
    };
    let budgets = ["minimal", "low", "medium", "high"];
    assert_eq!(taken("gemini-2.5-pro"), budgets);
    assert_eq!(taken("gemini-2.5-flash"), ["none", "minimal", "low", "medium", "high"]);
    assert_eq!(taken("gemini-2.5-flash-lite"), ["none", "minimal", "low", "medium", "high"]);
    assert_eq!(taken("gemini-2.0-flash-001"), Vec::<&str>::new());
    assert_eq!(taken("gemini-1.5-pro-002"), Vec::<&str>::new());
    assert_eq!(taken("gemini-3.6-flash"), ["minimal", "low", "medium", "high", "xhigh"]);
    for pro in ["gemini-3-pro-preview", "gemini-3.1-pro-preview"] {
        assert_eq!(taken(pro), ["low", "medium", "high", "xhigh"], "{pro}");
    }
    assert_eq!(taken("a-model-of-later").len(), ReasoningEffort::ALL.len(), "the provider itself judges");
}

#[test]
fn a_search_is_refused_where_it_cannot_be_offered() {
    let grounded = [GroundingMode::Ungrounded, GroundingMode::Required];
    let pointers = |template: &Template| -> Vec<String> {
        check_modes(template, &grounded).into_iter().map(|error| error.pointer).collect()
    };
    let minimal = r#","generation":{"reasoning_effort":"minimal"}"#;
    assert_eq!(pointers(&openai("gpt-5-2025-08-07", minimal)), ["/grounding_modes/1"]);
    assert_eq!(pointers(&openai("gpt-5-2025-08-07", "")), Vec::<String>::new());
    assert_eq!(pointers(&openai("gpt-4.1-nano-2025-04-14", "")), ["/grounding_modes/1"]);
    assert_eq!(
        pointers(&openai("gpt-4o-2024-08-06", r#","output":{"format":"json"}"#)),
        ["/grounding_modes/1"]
    );
    let gemini = |model: &str| {
        template(&format!(
            r#""provider":"gemini","model_version_constraint":"{model}","output":{{"format":"json"}}"#
        ))
    };
    assert_eq!(pointers(&gemini("gemini-1.5-pro-002")), ["/grounding_modes/1"]);
    assert_eq!(pointers(&gemini("gemini-2.5-flash")), Vec::<String>::new());
    let provoked = openai("gpt-5-2025-08-07", &format!(r#"{minimal},"grounding":{{"provoker":"Search."}}"#));
    assert_eq!(offences(&provoked), one("/grounding", "PARAMETER_UNSUPPORTED"));
}

#[test]
fn als_needs_a_known_catalogue_and_key() {
    let keys = ring(&["k1", "k2"]);
    let als = |catalog: &str, key: &str| {
        openai("m", &format!(r#","als":{{"template_id":"t","catalog":"{catalog}"{key}}}"#))
    };
    assert_eq!(offences_with(&als("v1", r#","seed_key_id":"k1""#), Some(&keys), &[]), []);
    assert_eq!(offences_with(&als("v1", ""), Some(&keys), &[]), []);
    let unknown = offences_with(&als("v2", r#","seed_key_id":"k3""#), Some(&keys), &[]);
    let expected =
        [one("/als/catalog", "ALS_CATALOG_UNKNOWN"), one("/als/seed_key_id", "ALS_KEY_UNKNOWN")].concat();
    assert_eq!(unknown, expected);
    assert_eq!(offences(&als("v1", "")), one("/als/seed_key_id", "ALS_KEY_UNKNOWN"));
}

#[test]
fn a_template_above_the_limit_names_both_sizes() {
    let limits = Limits { template_max_bytes: 100, ..Limits::default() };
    let surroundings = Surroundings { limits: &limits, als_keys: None, listed_models: &[] };
    let template = openai("m", "");
    let errors = check(&template, &surroundings);
    assert_eq!(errors[0].code, ErrorCode::TemplateTooLarge);
    let bytes = template.canonical_bytes().len();
    assert_eq!(
        errors[0].detail,
        format!("the canonical template has {bytes} bytes, at most 100 are allowed")
    );
}

fn schema_offences(schema: &str, strict: bool) -> Vec<(String, &'static str)> {
    let output = format!(r#","output":{{"format":"json","schema":{schema},"strict":{strict}}}"#);
    offences(&openai("gpt-4o-2024-08-06", &output))
}

#[test]
fn a_schema_must_be_one_and_compile() {
    assert_eq!(schema_offences(r#"{"type":"object","minProperties":-1}"#, false)[0].1, "SCHEMA_INVALID");
    assert_eq!(schema_offences(r#"{"type":"strange"}"#, false)[0].1, "SCHEMA_INVALID");
    assert_eq!(schema_offences(r#"{"type":"string","pattern":"("}"#, false)[0].1, "SCHEMA_INVALID");
    assert_eq!(schema_offences(r#"{"type":"string","pattern":"(?=a)b"}"#, false)[0].1, "SCHEMA_UNSUPPORTED");
    assert_eq!(schema_offences(r#"{"type":"string","pattern":"^a+$"}"#, false), []);
}

#[test]
fn strict_schemas_stay_inside_the_providers_subset() {
    let closed = r#""additionalProperties":false"#;
    let good = format!(
        r#"{{"type":"object",{closed},"required":["a","b"],"properties":{{"a":{{"type":["string","null"]}},
        "b":{{"type":"array","items":{{"type":"object",{closed},"required":[],"properties":{{}}}}}}}}}}"#
    );
    assert_eq!(schema_offences(&good, true), []);
    let unsupported = |pointer: &str| one(pointer, "SCHEMA_UNSUPPORTED");
    assert_eq!(
        schema_offences(r#"{"type":"array","items":{"type":"string"}}"#, true),
        unsupported("/output/schema")
    );
    assert_eq!(schema_offences(r#"{"type":"array","items":{"type":"string"}}"#, false), []);
    let open = r#"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#;
    assert_eq!(schema_offences(open, true), unsupported("/output/schema"));
    let optional = format!(r#"{{"type":"object",{closed},"properties":{{"a/b":{{"type":"string"}}}}}}"#);
    assert_eq!(schema_offences(&optional, true), unsupported("/output/schema/properties/a~1b"));
    let all_of = format!(
        r#"{{"type":"object",{closed},"required":["a"],"properties":{{"a":{{"allOf":[{{"type":"string"}}]}}}}}}"#
    );
    assert_eq!(schema_offences(&all_of, true), unsupported("/output/schema/properties/a/allOf"));
}

#[test]
fn strict_schemas_nest_ten_objects_at_most() {
    let nested = |depth: usize| {
        let open = r#"{"type":"object","additionalProperties":false,"required":["a"],"properties":{"a":"#;
        format!("{}{}{}", open.repeat(depth), r#"{"type":"string"}"#, "}}".repeat(depth))
    };
    assert_eq!(schema_offences(&nested(10), true), []);
    assert_eq!(schema_offences(&nested(11), true)[0].1, "SCHEMA_UNSUPPORTED");
}
