//! Requests are checked as the vendor checks them, with its words.

use serde_json::Value;

use crate::http::{generate, send, simulator};

const SEARCH: &str = r#""tools":[{"type":"web_search","user_location":{"type":"approximate"}}]"#;

/// The status, code, parameter and a stretch of the message that a request gets.
async fn refused(body: &str, expected: (u16, Option<&str>, &str, &str)) {
    let running = simulator("{}").await;
    let (status, reply) = generate(&running, body).await;
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let error = &reply["error"];
    let (expected_status, code, param, stretch) = expected;
    assert_eq!((status, error["code"].as_str()), (expected_status, code), "{body}: {reply}");
    assert_eq!(error["param"].as_str().unwrap_or_default(), param, "{body}");
    assert!(error["message"].as_str().unwrap().contains(stretch), "{body}: {reply}");
    running.shutdown().await.unwrap();
}

fn ask(model: &str, more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    format!(r#"{{"model":"{model}","input":"What?"{comma}{more}}}"#)
}

#[tokio::test]
async fn parameters_are_checked() {
    for (body, code, param, stretch) in [
        (ask("gpt-5.4", r#""seed":1"#), Some("unknown_parameter"), "seed", "Unknown parameter: 'seed'."),
        (ask("gpt-5.4", r#""stop":["x"]"#), Some("unknown_parameter"), "stop", "Unknown parameter: 'stop'."),
        (ask("gpt-9", ""), Some("model_not_found"), "model", "'gpt-9' does not exist"),
        (r#"{"model":"gpt-5.4"}"#.to_owned(), Some("missing_required_parameter"), "input", "'input'"),
        (r#"{"input":"x"}"#.to_owned(), Some("missing_required_parameter"), "model", "'model'"),
        (r#"{"model":"gpt-5.4","input":7}"#.to_owned(), Some("invalid_type"), "input", "a number"),
        (
            ask("gpt-5.4", r#""max_output_tokens":15"#),
            Some("integer_below_min_value"),
            "max_output_tokens",
            ">= 16",
        ),
        (ask("gpt-4o", r#""temperature":2.5"#), Some("decimal_above_max_value"), "temperature", "<= 2"),
        (ask("o3", r#""temperature":1"#), None, "temperature", "not supported with this model"),
        (ask("gpt-5.5", r#""top_p":1"#), None, "top_p", "not supported with this model"),
        (
            ask("gpt-5", r#""reasoning":{"effort":"none"}"#),
            Some("unsupported_value"),
            "reasoning.effort",
            "'gpt-5'",
        ),
        (
            ask("gpt-4o", r#""reasoning":{"effort":"low"}"#),
            Some("unsupported_parameter"),
            "reasoning.effort",
            "model",
        ),
        (ask("gpt-5.4", r#""text":{"format":{"type":"json_object"}}"#), None, "input", "'json'"),
        (
            ask(
                "gpt-5.4",
                r#""text":{"format":{"type":"json_schema","name":"o","strict":true,"schema":{"type":"array"}}}"#,
            ),
            Some("invalid_json_schema"),
            "text.format.schema",
            "Invalid schema for response_format 'o'",
        ),
    ] {
        refused(&body, (400, code, param, stretch)).await;
    }
    refused("{", (400, None, "", "could not parse the JSON body")).await;
}

#[tokio::test]
async fn tools_are_checked() {
    let with_search = |model: &str, more: &str| ask(model, &format!("{SEARCH}{more}"));
    for (body, param, stretch) in [
        (with_search("gpt-5-2025-08-07", r#","tool_choice":"required""#), "tool_choice", "other than 'auto'"),
        (with_search("gpt-5", r#","reasoning":{"effort":"minimal"}"#), "tools", "'minimal': web_search"),
        (with_search("gpt-4.1-nano-2025-04-14", ""), "tools", "Hosted tool 'web_search' is not supported"),
        (ask("gpt-5.4", r#""tool_choice":"required""#), "tool_choice", "'tools'"),
    ] {
        refused(&body, (400, None, param, stretch)).await;
    }
    let json = r#"{"model":"gpt-5.4","input":"Say it in JSON.","text":{"format":{"type":"json_object"}},"tools":[{"type":"web_search"}]}"#;
    refused(json, (400, None, "tools", "cannot be used with JSON mode")).await;
}

#[tokio::test]
async fn a_missing_location_is_the_united_states_and_an_empty_one_is_none() {
    let running = simulator("{}").await;
    let country = async |tool: &str| {
        let (_, body) = generate(&running, &ask("gpt-5.4", &format!(r#""tools":[{tool}]"#))).await;
        let body: Value = serde_json::from_str(&body).unwrap();
        body["tools"][0]["user_location"]["country"].clone()
    };
    assert_eq!(country(r#"{"type":"web_search"}"#).await, "US");
    assert_eq!(country(r#"{"type":"web_search","user_location":{"type":"approximate"}}"#).await, Value::Null);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn aliases_are_resolved_and_small_budgets_end_early() {
    let running = simulator("{}").await;
    let (_, body) = generate(&running, &ask("gpt-5.4", "")).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (body["model"].as_str(), body["status"].as_str()),
        (Some("gpt-5.4-2026-03-05"), Some("completed"))
    );
    let (status, body) = generate(&running, &ask("o3", r#""max_output_tokens":16"#)).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, body["status"].as_str(), body["model"].as_str()),
        (200, Some("incomplete"), Some("o3-2025-04-16"))
    );
    assert_eq!(body["output"].as_array().unwrap().len(), 1);
    assert_eq!(body["output"][0]["type"], "reasoning");
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn keys_models_and_addresses_are_answered_as_the_vendor_does() {
    let running = simulator("{}").await;
    assert_eq!(send(&running, "POST", "/v1/responses", "", "{}").await.0, 401);
    assert_eq!(send(&running, "GET", "/v1/models", "", "").await.0, 401);
    let key = "authorization: Bearer k\r\n";
    let (status, body) = send(&running, "GET", "/v1/models/gpt-5.4", key, "").await;
    assert_eq!(
        (status, serde_json::from_str::<Value>(&body).unwrap()["id"].as_str()),
        (200, Some("gpt-5.4"))
    );
    assert_eq!(send(&running, "GET", "/v1/models/gpt-9", key, "").await.0, 404);
    let (status, body) = send(&running, "GET", "/v1/completions", key, "").await;
    assert!(status == 404 && body.contains("unknown_url"), "{body}");
    running.shutdown().await.unwrap();
}
