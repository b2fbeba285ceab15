//! The exact bytes that calls become.

use stet_domain::mode::GroundingMode;
use stet_domain::template::ReasoningEffort;
use stet_domain::{Digest, Json};
use stet_provider::{Call, Generation, OutputForm, Role, Search, SearchContextSize, Turn};
use stet_provider_http::openai::encode;

/// A call that asks one question.
pub(crate) fn call(model: &str, question: &str) -> Call {
    Call {
        model: model.to_owned(),
        system: None,
        turns: vec![Turn { role: Role::User, content: question.to_owned() }],
        generation: Generation::default(),
        output: OutputForm::Text,
        search: None,
        client_request_id: Digest::of(question.as_bytes()),
        trace: None,
    }
}

/// A search of that mode and country.
pub(crate) fn search(mode: GroundingMode, country: Option<&str>) -> Search {
    let country = country.map(|country| country.parse().unwrap());
    Search { mode, context_size: None, allowed_domains: Vec::new(), country }
}

fn sent(call: &Call) -> String {
    String::from_utf8(encode(call)).unwrap()
}

#[test]
fn the_least_call() {
    assert_eq!(
        sent(&call("gpt-5.4-2026-03-05", "What?")),
        r#"{"input":[{"content":"What?","role":"user"}],"model":"gpt-5.4-2026-03-05","store":false}"#
    );
}

#[test]
fn every_setting_in_canonical_order_and_spelling() {
    let mut call = call("gpt-5.4-2026-03-05", "Frage?");
    call.system = Some("Kurz.\n\nKnapp.".to_owned());
    call.turns.insert(0, Turn { role: Role::Assistant, content: "\u{1}😀\"".to_owned() });
    call.generation = Generation {
        temperature: Some("0.70".parse().unwrap()),
        top_p: Some("1.0".parse().unwrap()),
        seed: None,
        max_output_tokens: Some(256),
        reasoning_effort: Some(ReasoningEffort::None),
        stop: Vec::new(),
    };
    let schema =
        Json::parse(br#"{"type":"object","properties":{"z":{"maximum":1e2,"type":"number"}}}"#).unwrap();
    call.output = OutputForm::StrictJson { schema };
    call.search = Some(Search {
        context_size: Some(SearchContextSize::High),
        allowed_domains: vec!["example.com".to_owned()],
        ..search(GroundingMode::Required, Some("GB-ENG"))
    });
    assert_eq!(
        sent(&call),
        concat!(
            r#"{"include":["web_search_call.action.sources"],"#,
            r#""input":[{"content":"\u0001😀\"","role":"assistant"},{"content":"Frage?","role":"user"}],"#,
            r#""instructions":"Kurz.\n\nKnapp.","max_output_tokens":256,"model":"gpt-5.4-2026-03-05","#,
            r#""reasoning":{"effort":"none"},"store":false,"temperature":0.7,"#,
            r#""text":{"format":{"name":"output","schema":{"properties":{"z":{"maximum":100,"type":"number"}},"type":"object"},"strict":true,"type":"json_schema"}},"#,
            r#""tool_choice":"required","tools":[{"filters":{"allowed_domains":["example.com"]},"search_context_size":"high","type":"web_search","user_location":{"country":"GB","type":"approximate"}}],"#,
            r#""top_p":1}"#
        )
    );
}

#[test]
fn a_location_is_always_sent() {
    let mut call = call("gpt-5.4-2026-03-05", "What?");
    call.search = Some(search(GroundingMode::Preferred, None));
    let bytes = sent(&call);
    assert!(bytes.contains(
        r#""tool_choice":"auto","tools":[{"type":"web_search","user_location":{"type":"approximate"}}]"#
    ));
}

#[test]
fn the_original_gpt_5_is_asked_for_what_it_takes() {
    let mut call = call("gpt-5-2025-08-07", "What?");
    call.search = Some(search(GroundingMode::Required, Some("DE")));
    assert!(sent(&call).contains(r#""tool_choice":"auto""#));
}

#[test]
fn json_that_need_not_be_strict_is_still_a_schema() {
    let mut call = call("gpt-5.4-2026-03-05", "What?");
    call.output = OutputForm::LooseJson { schema: Json::parse(br#"{"type":"array"}"#).unwrap() };
    let form = r#""text":{"format":{"name":"output","schema":{"type":"array"},"strict":false,"type":"json_schema"}}"#;
    assert!(sent(&call).contains(form));
    call.output = OutputForm::Json;
    assert!(sent(&call).contains(r#""schema":{"type":"object"},"strict":false"#));
}

#[test]
fn nothing_that_is_set_is_dropped_unsaid() {
    let mut call = call("gpt-4o-2024-08-06", "What?");
    call.generation = Generation { seed: Some(-7), stop: vec!["\n\n".to_owned()], ..Generation::default() };
    let bytes = sent(&call);
    assert!(bytes.contains(r#""seed":-7"#) && bytes.contains(r#""stop":["\n\n"]"#), "{bytes}");
}
