//! Gemini on Vertex AI, where it differs from the Developer API.

use crate::http::{send, simulator, vertex};

const BODY: &str =
    r#"{"contents":[{"parts":[{"text":"Which bank is best?"}]}],"tools":[{"google_search":{}}]}"#;

#[tokio::test]
async fn an_answer_has_vertexs_own_members() {
    let running = simulator(r#"{"rules":[{"then":{"search":"used"}}]}"#).await;
    let (status, reply) = vertex(&running, "gemini-2.5-flash", BODY).await;
    assert_eq!(status, 200, "{reply}");
    let candidate = &reply["candidates"][0];
    assert!(
        candidate.get("index").is_none() && candidate["avgLogprobs"].as_f64().unwrap() < 0.0,
        "{candidate}"
    );
    let found = &candidate["groundingMetadata"];
    assert_eq!(found["retrievalMetadata"], serde_json::json!({}));
    assert_eq!(found["groundingChunks"][0]["web"]["domain"], found["groundingChunks"][0]["web"]["title"]);
    assert_eq!(reply["usageMetadata"]["trafficType"], "ON_DEMAND");
    assert!(reply["usageMetadata"].get("serviceTier").is_none());
    assert!(reply["createTime"].as_str().unwrap().starts_with("2026-11-23T"));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_search_may_exclude_domains_and_json_beside_it_is_refused_in_vertexs_words() {
    let running = simulator("{}").await;
    let excludes =
        BODY.replace(r#""google_search":{}"#, r#""google_search":{"excludeDomains":["a.example"]}"#);
    assert_eq!(vertex(&running, "gemini-2.5-flash", &excludes).await.0, 200);
    let json = BODY.replace(
        r#"{"contents""#,
        r#"{"generationConfig":{"responseMimeType":"application/json"},"contents""#,
    );
    let (status, reply) = vertex(&running, "gemini-2.5-flash", &json).await;
    let words = "controlled generation is not supported with google_search tool";
    assert!(status == 400 && reply["error"]["message"].as_str().unwrap().contains(words), "{reply}");
    assert_eq!(vertex(&running, "gemini-3-flash-preview", &json).await.0, 200);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn both_versions_of_the_path_want_a_token_and_name_a_missing_model() {
    let running = simulator("{}").await;
    assert_eq!(running.vertex_base_url(), format!("http://{}", running.local_addr()));
    for version in ["v1", "v1beta1"] {
        let path = |model: &str| {
            format!("/{version}/projects/p/locations/l/publishers/google/models/{model}:generateContent")
        };
        let (status, reply) = send(&running, "POST", &path("gemini-2.5-flash"), "", BODY).await;
        assert!(status == 401 && reply.contains("UNAUTHENTICATED"), "{reply}");
        let token = "authorization: Bearer t\r\n";
        assert_eq!(send(&running, "POST", &path("gemini-2.5-flash"), token, BODY).await.0, 200);
        let (status, reply) = send(&running, "POST", &path("gemini-9"), token, BODY).await;
        let words = "Publisher Model `projects/p/locations/l/publishers/google/models/gemini-9` not found.";
        assert!(status == 404 && reply.contains(words), "{reply}");
        let streaming = path("gemini-2.5-flash").replace("generate", "streamGenerate");
        assert_eq!(send(&running, "POST", &streaming, token, BODY).await.0, 404);
    }
    running.shutdown().await.unwrap();
}
