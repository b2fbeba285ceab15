//! A scenario on the Gemini interfaces: every aspect of `then` in the vendor's shape.

use serde_json::Value;

use crate::http::{gemini, generate, send, simulator, vertex};

const BODY: &str =
    r#"{"contents":[{"parts":[{"text":"Which bank is best?"}]}],"tools":[{"googleSearch":{}}]}"#;

/// The replies of both interfaces to a request under one rule.
async fn both(then: &str) -> [(u16, Value); 2] {
    let running = simulator(&format!(r#"{{"rules":[{{"then":{then}}}]}}"#)).await;
    let replies =
        [gemini(&running, "gemini-2.5-flash", BODY).await, vertex(&running, "gemini-2.5-flash", BODY).await];
    running.shutdown().await.unwrap();
    replies
}

#[tokio::test]
async fn errors_are_the_vendors() {
    for (then, code, status) in [
        (r#"{"fault":{"rate_limit":{}}}"#, 429, "RESOURCE_EXHAUSTED"),
        (r#"{"fault":{"rate_limit":{"limit":"slow_down"}}}"#, 429, "RESOURCE_EXHAUSTED"),
        (r#"{"fault":{"rate_limit":{"limit":"too_large"}}}"#, 400, "INVALID_ARGUMENT"),
        (r#"{"fault":{"error":{"status":400}}}"#, 400, "FAILED_PRECONDITION"),
        (r#"{"fault":{"error":{"status":401}}}"#, 401, "UNAUTHENTICATED"),
        (r#"{"fault":{"error":{"status":403}}}"#, 403, "PERMISSION_DENIED"),
        (r#"{"fault":{"error":{"status":500}}}"#, 500, "INTERNAL"),
        (r#"{"fault":{"error":{"status":503}}}"#, 503, "UNAVAILABLE"),
        (r#"{"fault":{"error":{"status":504}}}"#, 504, "DEADLINE_EXCEEDED"),
    ] {
        for (http, reply) in both(then).await {
            assert_eq!((http, reply["error"]["code"].as_u64()), (code, Some(u64::from(code))), "{then}");
            assert_eq!(reply["error"]["status"], status, "{then}");
        }
    }
}

#[tokio::test]
async fn a_wait_stands_in_the_body_and_a_days_quota_has_none() {
    let [(_, developer), (_, vertex)] = both(r#"{"fault":{"rate_limit":{"retry_after_ms":1500}}}"#).await;
    for reply in [developer, vertex] {
        let details = reply["error"]["details"].as_array().unwrap();
        assert_eq!(details.last().unwrap()["retryDelay"], "1.500s");
    }
    for then in
        [r#"{"fault":{"quota":{}}}"#, r#"{"fault":{"rate_limit":{"limit":"per_day","retry_after_s":1}}}"#]
    {
        for (status, reply) in both(then).await {
            let details = reply["error"]["details"].as_array().unwrap();
            let is_failure =
                |detail: &&Value| detail["@type"] == "type.googleapis.com/google.rpc.QuotaFailure";
            let failure = details.iter().find(is_failure).unwrap();
            assert!(
                status == 429 && failure["violations"][0]["quotaId"].as_str().unwrap().contains("PerDay")
            );
            assert!(!reply.to_string().contains("retry"), "{reply}");
        }
    }
}

#[tokio::test]
async fn answers_end_for_the_vendors_reasons() {
    for (answer, reason) in [
        ("refusal", "SAFETY"),
        ("content_filter", "PROHIBITED_CONTENT"),
        ("incomplete", "MAX_TOKENS"),
        ("reasoning_only", "MAX_TOKENS"),
        ("empty", "STOP"),
        ("duplicated_json", "STOP"),
    ] {
        for (status, reply) in both(&format!(r#"{{"answer":"{answer}"}}"#)).await {
            let candidate = &reply["candidates"][0];
            assert_eq!((status, &candidate["finishReason"]), (200, &reason.into()), "{answer}");
            let parts = candidate["content"]["parts"].as_array().map_or(0, Vec::len);
            let expected = match answer {
                "incomplete" | "empty" => 1,
                "duplicated_json" => 2,
                _ => 0,
            };
            assert_eq!(parts, expected, "{reply}");
        }
    }
    for (_, reply) in both(r#"{"answer":"prompt_blocked"}"#).await {
        assert_eq!(reply["promptFeedback"]["blockReason"], "SAFETY");
        assert!(reply.get("candidates").is_none() && reply["modelVersion"].is_string());
    }
    for (_, reply) in both(r#"{"answer":"queued"}"#).await {
        assert!(reply.get("candidates").is_none() && reply.get("promptFeedback").is_none());
    }
    for (_, reply) in both(r#"{"finish_reason":"RECITATION"}"#).await {
        assert_eq!(reply["candidates"][0]["finishReason"], "RECITATION");
    }
    for (_, reply) in both(r#"{"fault":{"failed":{"code":"server_error"}}}"#).await {
        assert_eq!(reply["candidates"][0]["finishReason"], "OTHER");
    }
}

#[tokio::test]
async fn searches_go_as_the_scenario_has_them() {
    let members = async |search: &str| {
        let [(_, developer), _] = both(&format!(r#"{{"search":"{search}"}}"#)).await;
        let found = developer["candidates"][0]["groundingMetadata"].clone();
        found.as_object().map(|found| found.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(members("unused").await, [""; 0]);
    assert_eq!(members("failed").await, [""; 0]);
    assert_eq!(members("empty").await, ["webSearchQueries"]);
    assert_eq!(members("uncited").await, ["groundingChunks", "searchEntryPoint", "webSearchQueries"]);
    assert_eq!(members("cited_only").await, ["groundingChunks", "groundingSupports"]);
    let used = ["groundingChunks", "groundingSupports", "searchEntryPoint", "webSearchQueries"];
    assert_eq!(members("used").await, used);
}

#[tokio::test]
async fn pages_of_the_vendors_own_and_fetched_ones_tell_their_addresses() {
    let uri = async |search: &str| {
        let [(_, developer), _] = both(&format!(r#"{{"search":"{search}"}}"#)).await;
        developer["candidates"][0]["groundingMetadata"]["groundingChunks"][0]["web"]["uri"].clone()
    };
    assert_eq!(uri("widget").await, "https://www.google.com/search?q=Which+bank+is+best");
    assert_eq!(uri("cited_only").await, "https://revenue-world.example/world/standard-rates");
}

#[tokio::test]
async fn versions_drift_after_calls_of_the_provider_alone() {
    let running = simulator(
        r#"{"rules":[{"when":{"provider":"gemini","call_from":2},"then":{"model_version":"gemini-2.5-flash-b"}}]}"#,
    )
    .await;
    let version = async || gemini(&running, "gemini-2.5-flash", BODY).await.1["modelVersion"].clone();
    assert_eq!(generate(&running, r#"{"model":"gpt-4o","input":"x"}"#).await.0, 200);
    assert_eq!(version().await, "gemini-2.5-flash");
    assert_eq!(version().await, "gemini-2.5-flash-b");
    assert_eq!(vertex(&running, "gemini-2.5-flash", BODY).await.1["modelVersion"], "gemini-2.5-flash");
    let calls = running.calls(0, 10);
    let providers: Vec<&str> = calls.iter().map(|call| call.provider).collect();
    assert_eq!(providers, ["openai", "gemini", "gemini", "vertex"]);
    assert_eq!((&*calls[1].model, calls[1].mode, calls[3].call), ("gemini-2.5-flash", "PREFERRED", 4));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn bodies_are_spoilt_and_tiers_are_told() {
    let running = simulator(
        r#"{"rules":[{"when":{"call_to":1},"then":{"fault":"page"}},
            {"when":{"call_from":2,"call_to":2},"then":{"fault":{"huge":{"bytes":100000}}}},
            {"then":{"service_tier":"flex"}}]}"#,
    )
    .await;
    let path = "/v1beta/models/gemini-2.5-flash:generateContent";
    let raw = async || send(&running, "POST", path, "x-goog-api-key: k\r\n", BODY).await;
    let (status, page) = raw().await;
    assert!(status == 200 && page.contains("<html>"), "{page}");
    assert!(raw().await.1.len() > 100_000);
    assert_eq!(gemini(&running, "gemini-2.5-flash", BODY).await.1["usageMetadata"]["serviceTier"], "flex");
    assert_eq!(vertex(&running, "gemini-2.5-flash", BODY).await.1["usageMetadata"]["trafficType"], "flex");
    running.shutdown().await.unwrap();
}
