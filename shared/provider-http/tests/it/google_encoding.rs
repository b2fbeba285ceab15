//! The exact bytes that calls become in the generateContent format.

use stet_domain::Json;
use stet_domain::mode::GroundingMode;
use stet_domain::template::ReasoningEffort;
use stet_provider::{Call, Generation, OutputForm, Role, Turn};
use stet_provider_http::gemini::encode;

use crate::encoding::{call, search};

const FLASH: &str = "gemini-2.5-flash";

macro_rules! example {
    ($name:literal) => {
        include_bytes!(concat!("../fixtures/gemini/", $name, ".json"))
    };
}

fn sent(call: &Call) -> String {
    String::from_utf8(encode(call)).unwrap()
}

/// An example's canonical bytes.
fn canonical(example: &[u8]) -> String {
    String::from_utf8(Json::parse(example).unwrap().to_canonical_bytes()).unwrap()
}

#[test]
fn the_least_call() {
    assert_eq!(sent(&call(FLASH, "What?")), r#"{"contents":[{"parts":[{"text":"What?"}],"role":"user"}]}"#);
}

#[test]
fn the_examples_to_the_byte() {
    let generation = Generation {
        temperature: Some("0".parse().unwrap()),
        seed: Some(7),
        max_output_tokens: Some(256),
        ..Generation::default()
    };
    let plain = Call {
        system: Some("Answer in one sentence.".to_owned()),
        generation: Generation {
            top_p: Some("1.0".parse().unwrap()),
            reasoning_effort: Some(ReasoningEffort::None),
            ..generation.clone()
        },
        ..call(FLASH, "What is the capital of Norway?")
    };
    assert_eq!(sent(&plain), canonical(example!("request_plain")));
    let grounded = Call {
        generation: Generation { max_output_tokens: Some(4_096), ..generation.clone() },
        search: Some(search(GroundingMode::Required, Some("NO"))),
        ..call(FLASH, "Which vendors lead the Norwegian cloud market this year?")
    };
    assert_eq!(sent(&grounded), canonical(example!("request_grounded")));
    let example = Json::parse(example!("request_step2")).unwrap();
    let schema = example.get("generationConfig").and_then(|it| it.get("responseJsonSchema")).unwrap().clone();
    let step2 = Call {
        system: Some("Convert the supplied answer to the schema. Do not add facts.".to_owned()),
        generation: Generation {
            max_output_tokens: Some(2_048),
            reasoning_effort: Some(ReasoningEffort::None),
            ..generation
        },
        output: OutputForm::StrictJson { schema },
        ..call(FLASH, "<step-1 text verbatim>")
    };
    assert_eq!(sent(&step2), canonical(example!("request_step2")));
}

#[test]
fn every_setting_in_canonical_order_and_spelling() {
    let mut call = call("gemini-3.6-flash", "Frage?");
    call.turns.insert(0, Turn { role: Role::Assistant, content: "\u{1}😀\"".to_owned() });
    call.generation = Generation {
        temperature: Some("0.70".parse().unwrap()),
        top_p: Some("0.95".parse().unwrap()),
        seed: Some(-7),
        max_output_tokens: Some(16),
        reasoning_effort: Some(ReasoningEffort::High),
        stop: vec!["\n\n".to_owned(), "END".to_owned()],
    };
    call.output = OutputForm::LooseJson { schema: Json::parse(br#"{"type":"array"}"#).unwrap() };
    call.search = Some(search(GroundingMode::Preferred, None));
    assert_eq!(
        sent(&call),
        concat!(
            r#"{"contents":[{"parts":[{"text":"\u0001😀\""}],"role":"model"},{"parts":[{"text":"Frage?"}],"role":"user"}],"#,
            r#""generationConfig":{"maxOutputTokens":16,"responseJsonSchema":{"type":"array"},"responseMimeType":"application/json","#,
            r#""seed":-7,"stopSequences":["\n\n","END"],"temperature":0.7,"thinkingConfig":{"thinkingLevel":"HIGH"},"topP":0.95},"#,
            r#""tools":[{"googleSearch":{}}]}"#
        )
    );
}

#[test]
fn json_without_a_schema_asks_for_the_type_alone() {
    let call = Call { output: OutputForm::Json, ..call(FLASH, "What?") };
    assert!(sent(&call).contains(r#""generationConfig":{"responseMimeType":"application/json"}"#));
}
