//! Tools that show in an answer although none was offered, as a second step must notice.

use serde_json::Value;

use crate::http::{gemini, generate, simulator, vertex};

const BODY: &str = r#"{"contents":[{"parts":[{"text":"Convert this."}]}],"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"a":{"type":"integer"}}}}}"#;

#[tokio::test]
async fn the_gemini_interfaces_show_them_beside_the_answer() {
    for (answer, shows) in [
        ("tool_search", "/groundingMetadata/webSearchQueries/0"),
        ("tool_function", "/content/parts/1/functionCall/name"),
        ("tool_code", "/content/parts/0/executableCode/code"),
    ] {
        let running = simulator(&format!(r#"{{"rules":[{{"then":{{"answer":"{answer}"}}}}]}}"#)).await;
        for (status, reply) in [
            gemini(&running, "gemini-2.5-flash", BODY).await,
            vertex(&running, "gemini-3.6-flash", BODY).await,
        ] {
            let candidate = &reply["candidates"][0];
            assert!(candidate.pointer(shows).is_some_and(Value::is_string), "{answer}: {reply}");
            let texts = candidate["content"]["parts"].as_array().unwrap();
            let text = texts.iter().find_map(|part| part["text"].as_str()).unwrap();
            assert!(status == 200 && serde_json::from_str::<Value>(text).unwrap()["a"].is_i64(), "{text}");
        }
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn openai_shows_them_as_items() {
    for (answer, kind) in [
        ("tool_search", "web_search_call"),
        ("tool_function", "function_call"),
        ("tool_code", "code_interpreter_call"),
    ] {
        let running = simulator(&format!(r#"{{"rules":[{{"then":{{"answer":"{answer}"}}}}]}}"#)).await;
        let (_, reply) = generate(&running, r#"{"model":"gpt-4o","input":"Convert this."}"#).await;
        let reply: Value = serde_json::from_str(&reply).unwrap();
        assert_eq!(
            (&reply["output"][0]["type"], &reply["output"][1]["type"]),
            (&kind.into(), &"message".into())
        );
        running.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn openai_cites_without_a_search_where_the_scenario_has_it_so() {
    let running = simulator(r#"{"rules":[{"then":{"search":"cited_only"}}]}"#).await;
    let body = r#"{"model":"gpt-4o","input":"Which bank?","tools":[{"type":"web_search"}]}"#;
    let reply: Value = serde_json::from_str(&generate(&running, body).await.1).unwrap();
    assert_eq!(
        (reply["output"].as_array().unwrap().len(), &reply["output"][0]["type"]),
        (1, &"message".into())
    );
    assert!(reply["output"][0]["content"][0]["annotations"][0]["url"].is_string(), "{reply}");
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_third_generation_tells_its_searches_where_asked_to() {
    let running = simulator(r#"{"rules":[{"then":{"search":"used"}}]}"#).await;
    let body = r#"{"contents":[{"parts":[{"text":"Which bank?"}]}],"tools":[{"googleSearch":{}}],
        "toolConfig":{"includeServerSideToolInvocations":true}}"#;
    let (_, reply) = gemini(&running, "gemini-3-flash-preview", body).await;
    let parts = &reply["candidates"][0]["content"]["parts"];
    assert_eq!(parts[0]["toolCall"]["toolType"], "GOOGLE_SEARCH_WEB");
    assert_eq!(parts[0]["toolCall"]["id"], parts[1]["toolResponse"]["id"]);
    assert!(parts[2]["text"].is_string() && parts[2]["thoughtSignature"].is_string());
    assert_eq!(gemini(&running, "gemini-2.5-flash", body).await.0, 400);
    running.shutdown().await.unwrap();
}
