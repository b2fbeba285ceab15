//! The lists of models of the Gemini interfaces.

use serde_json::Value;

use crate::http::{send, simulator};

const KEY: &str = "x-goog-api-key: k\r\n";
const TOKEN: &str = "authorization: Bearer t\r\n";

#[tokio::test]
async fn pages_lead_through_the_whole_list() {
    let scenario =
        r#"{"models":[{"id":"gemini-next","provider":"gemini"},{"id":"gpt-next","provider":"openai"}]}"#;
    let running = simulator(scenario).await;
    let get = async |path: String| {
        let (status, body) = send(&running, "GET", &path, KEY, "").await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).unwrap()
    };
    let names = |page: &Value| {
        let models = page["models"].as_array().unwrap();
        models.iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let whole = get("/v1beta/models".to_owned()).await;
    assert!(whole.get("nextPageToken").is_none());
    let (mut paged, mut token) = (Vec::new(), String::new());
    for _ in 0..20 {
        let page = get(format!("/v1beta/models?pageSize=4&pageToken={token}")).await;
        paged.extend(names(&page));
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, names(&whole));
    assert_eq!(paged.last().map(String::as_str), Some("models/gemini-next"));
    assert_eq!(send(&running, "GET", "/v1beta/models?pageToken=7", KEY, "").await.0, 400);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_model_is_told_and_no_alias_is_resolved() {
    let running = simulator("{}").await;
    let (status, body) = send(&running, "GET", "/v1beta/models/gemini-flash-latest", KEY, "").await;
    let model: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &model["name"]), (200, &"models/gemini-flash-latest".into()));
    assert_eq!((&model["version"], &model["thinking"]), (&"Gemini Flash Latest".into(), &true.into()));
    assert_eq!((&model["maxTemperature"], &model["topP"]), (&2.into(), &serde_json::json!(0.95)));
    assert_eq!(send(&running, "GET", "/v1beta/models/gemini-9", KEY, "").await.0, 404);
    assert_eq!(send(&running, "GET", "/v1beta/models", "", "").await.0, 403);
    assert!(send(&running, "GET", "/v1beta/tunedModels", KEY, "").await.1.contains("Error 404"));
    // OpenAI's list is another one.
    assert!(!send(&running, "GET", "/v1/models", TOKEN, "").await.1.contains("gemini"));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn vertex_lists_the_publishers_models() {
    let running = simulator(
        r#"{"rules":[{"when":{"endpoint":"models","provider":"vertex","call_from":3},"then":{"fault":{"error":{"status":503}}}}]}"#,
    )
    .await;
    let path = "/v1beta1/publishers/google/models";
    let (status, body) = send(&running, "GET", &format!("{path}?pageSize=2"), TOKEN, "").await;
    let page: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, page["publisherModels"].as_array().unwrap().len()), (200, 2));
    assert!(page["nextPageToken"].is_string());
    let (_, body) = send(&running, "GET", &format!("{path}/gemini-2.5-pro"), TOKEN, "").await;
    let model: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(model["name"], "publishers/google/models/gemini-2.5-pro");
    assert_eq!(send(&running, "GET", path, "", "").await.0, 401);
    assert_eq!(send(&running, "GET", path, TOKEN, "").await.0, 503);
    assert_eq!(send(&running, "GET", "/v1beta/models", KEY, "").await.0, 200);
    running.shutdown().await.unwrap();
}
