//! The Gemini Developer API: its answers and its checks.

use serde_json::Value;

use crate::http::{gemini, send, simulator};

const SEARCH: &str = r#""tools":[{"googleSearch":{}}]"#;

fn ask(question: &str, more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    format!(r#"{{"contents":[{{"role":"user","parts":[{{"text":"{question}"}}]}}]{comma}{more}}}"#)
}

/// The status of the error and a stretch of its message that a request gets.
async fn refused(model: &str, body: &str, (code, status, stretch): (u16, &str, &str)) {
    let running = simulator("{}").await;
    let (http, reply) = gemini(&running, model, body).await;
    let error = &reply["error"];
    assert_eq!((http, error["code"].as_u64()), (code, Some(u64::from(code))), "{body}: {reply}");
    assert_eq!(error["status"], status, "{body}");
    assert!(error["message"].as_str().unwrap().contains(stretch), "{body}: {reply}");
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn requests_are_checked() {
    let invalid = |stretch| (400, "INVALID_ARGUMENT", stretch);
    for (body, stretch) in [
        (ask("x", r#""seed":1"#), "Unknown name \"seed\": Cannot find field."),
        (ask("x", r#""generationConfig":{"stop":["x"]}"#), "Unknown name \"stop\" at 'generation_config'"),
        (ask("x", r#""generationConfig":{"temperature":2.5}"#), "[0, 2.0001)"),
        (ask("x", r#""generationConfig":{"maxOutputTokens":0}"#), "max_output_tokens"),
        (ask("x", r#""tools":[{"googleSearchRetrieval":{}}]"#), "Please use google_search tool instead."),
        (r#"{"contents":[]}"#.to_owned(), "contents is not specified"),
        (r#"{"contents":[{"role":"system","parts":[{"text":"x"}]}]}"#.to_owned(), "valid role: user, model"),
        ("{".to_owned(), "Invalid JSON payload"),
    ] {
        refused("gemini-2.5-flash", &body, invalid(stretch)).await;
    }
    let both = ask("x", &format!(r#"{SEARCH},"generationConfig":{{"responseMimeType":"application/json"}}"#));
    refused("gemini-2.5-flash", &both, invalid("Tool use with a response mime type: 'application/json'"))
        .await;
    let missing = (404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta");
    refused("gemini-9", &ask("x", ""), missing).await;
    let embeds = (404, "NOT_FOUND", "not supported for generateContent");
    refused("gemini-embedding-001", &ask("x", ""), embeds).await;
}

#[tokio::test]
async fn a_key_comes_by_header_or_address() {
    let options = stet_simulator::Options { key: Some("right".into()), ..stet_simulator::Options::default() };
    let running = stet_simulator::Simulator::new(options).bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let path = "/v1beta/models/gemini-2.5-flash:generateContent";
    let body = ask("x", "");
    let status = async |path: &str, headers: &str| send(&running, "POST", path, headers, &body).await;
    assert_eq!(status(path, "").await.0, 403);
    let (code, reply) = status(path, "x-goog-api-key: wrong\r\n").await;
    assert!(code == 400 && reply.contains("API_KEY_INVALID"), "{reply}");
    assert_eq!(status(path, "x-goog-api-key: right\r\n").await.0, 200);
    assert_eq!(status(&format!("{path}?key=right"), "").await.0, 200);
    assert_eq!(running.gemini_base_url(), format!("http://{}/v1beta", running.local_addr()));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_search_is_told_with_its_sources_and_stretches() {
    let running = simulator(r#"{"rules":[{"then":{"search":"used"}}]}"#).await;
    let (status, reply) = gemini(&running, "gemini-2.5-flash", &ask("Which bank is best?", SEARCH)).await;
    assert_eq!(status, 200, "{reply}");
    let candidate = &reply["candidates"][0];
    assert_eq!((&candidate["finishReason"], &candidate["index"]), (&"STOP".into(), &0.into()));
    assert_eq!(candidate["content"]["role"], "model");
    let text = candidate["content"]["parts"][0]["text"].as_str().unwrap();
    let found = &candidate["groundingMetadata"];
    assert!(
        found["searchEntryPoint"]["renderedContent"].as_str().unwrap().contains("grounding-api-redirect/")
    );
    assert!(found["webSearchQueries"][0].as_str().unwrap().starts_with("Which bank"));
    for chunk in found["groundingChunks"].as_array().unwrap() {
        let uri = chunk["web"]["uri"].as_str().unwrap();
        assert!(
            uri.starts_with("https://vertexaisearch.cloud.google.com/grounding-api-redirect/AUZIYQ"),
            "{uri}"
        );
        assert!(chunk["web"]["title"].as_str().unwrap().ends_with(".example"));
    }
    let segment = &found["groundingSupports"][0]["segment"];
    assert!(segment.get("startIndex").is_none(), "{segment}");
    let end = usize::try_from(segment["endIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(segment["text"], text[..end]);
    let usage = &reply["usageMetadata"];
    let count = |name: &str| usage[name].as_u64().unwrap();
    let parts = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"];
    assert_eq!(parts.iter().map(|name| count(name)).sum::<u64>(), count("totalTokenCount"));
    assert_eq!(
        (&usage["serviceTier"], &reply["modelVersion"]),
        (&"standard".into(), &"gemini-2.5-flash".into())
    );
    assert!(reply.get("createTime").is_none() && reply["responseId"].is_string());
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn only_an_offered_search_leaves_a_trace_and_mostly_it_is_used() {
    let running = simulator("{}").await;
    let mut searched = 0;
    for number in 0..60 {
        let question = format!("Which bank is best in year {number}?");
        let (_, plain) = gemini(&running, "gemini-3-flash-preview", &ask(&question, "")).await;
        assert!(plain["candidates"][0].get("groundingMetadata").is_none(), "{plain}");
        let (_, offered) = gemini(&running, "gemini-3-flash-preview", &ask(&question, SEARCH)).await;
        searched += u32::from(offered["candidates"][0]["groundingMetadata"]["webSearchQueries"].is_array());
        assert!(offered["usageMetadata"].get("toolUsePromptTokenCount").is_none(), "{offered}");
    }
    assert!((30..58).contains(&searched), "{searched}");
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_exchange_repeats_and_its_replicates_differ() {
    let running = simulator("{}").await;
    let path = "/v1beta/models/gemini-2.5-flash:generateContent";
    let body = ask("What is the VAT rate?", "");
    let said = async |id: &str| {
        let headers = format!("x-goog-api-key: k\r\nx-client-request-id: {id}\r\n");
        send(&running, "POST", path, &headers, &body).await.1
    };
    assert_eq!(said("a").await, said("a").await);
    assert_ne!(said("a").await, said("b").await);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn json_follows_either_kind_of_schema() {
    let running = simulator("{}").await;
    let schemas = [
        r#""responseJsonSchema":{"type":"object","properties":{"rank":{"type":"integer","minimum":3,"maximum":3}}}"#,
        r#""responseSchema":{"type":"OBJECT","properties":{"rank":{"type":"INTEGER","minimum":3,"maximum":3}}}"#,
    ];
    for schema in schemas {
        let more = format!(r#""generationConfig":{{"responseMimeType":"application/json",{schema}}}"#);
        let (_, reply) = gemini(&running, "gemini-2.5-flash", &ask("Which bank?", &more)).await;
        let text = reply["candidates"][0]["content"]["parts"][0]["text"].as_str().unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap()["rank"], 3, "{text}");
    }
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn aliases_are_resolved_and_small_budgets_are_spent_on_thoughts() {
    let running = simulator("{}").await;
    let version = async |model: &str| gemini(&running, model, &ask("x", "")).await.1["modelVersion"].clone();
    assert_eq!(version("gemini-flash-latest").await, "gemini-3.6-flash");
    assert_eq!(version("gemini-2.5-pro-preview-03-25").await, "models/gemini-2.5-pro");
    let (status, reply) =
        gemini(&running, "gemini-2.5-flash", &ask("x", r#""generationConfig":{"maxOutputTokens":16}"#)).await;
    let candidate = &reply["candidates"][0];
    assert_eq!((status, &candidate["finishReason"]), (200, &"MAX_TOKENS".into()));
    assert_eq!(candidate["content"], serde_json::json!({"role": "model"}));
    assert_eq!(reply["usageMetadata"]["thoughtsTokenCount"], 16);
    assert_eq!(reply["modelVersion"], "gemini-2.5-flash");
    running.shutdown().await.unwrap();
}
