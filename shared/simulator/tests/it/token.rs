//! The OAuth token endpoint, and the tokens that it issues.

use serde_json::Value;
use stet_simulator::{Running, Scenario};

use crate::http::{send, simulator};

const FORM: &str =
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJh.eyJp.c2ln";

const CONTENT_TYPE: &str = "content-type: application/x-www-form-urlencoded\r\n";

async fn grant(running: &Running, form: &str) -> (u16, Value) {
    let (status, body) = send(running, "POST", "/token", CONTENT_TYPE, form).await;
    (status, serde_json::from_str(&body).unwrap())
}

async fn generate(running: &Running, token: &str) -> u16 {
    let path = "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent";
    let headers = format!("authorization: Bearer {token}\r\n");
    send(running, "POST", path, &headers, r#"{"contents":[{"parts":[{"text":"x"}]}]}"#).await.0
}

#[tokio::test]
async fn an_assertion_is_exchanged_for_a_token() {
    let running = simulator("{}").await;
    assert_eq!(running.token_url(), format!("http://{}/token", running.local_addr()));
    let (status, granted) = grant(&running, FORM).await;
    assert_eq!(
        (status, &granted["expires_in"], &granted["token_type"]),
        (200, &3599.into(), &"Bearer".into())
    );
    assert_eq!(generate(&running, granted["access_token"].as_str().unwrap()).await, 200);
    assert_ne!(grant(&running, FORM).await.1["access_token"], granted["access_token"]);
    let (status, refused) = grant(&running, &FORM.replace(".c2ln", "")).await;
    assert_eq!((status, refused["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(running.counts().tokens, 3);
    assert_eq!(running.counts().received, 1);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_scenario_says_which_tokens_are_taken() {
    let running = simulator(r#"{"tokens":{"only_issued":true,"expires_in_as_text":true}}"#).await;
    assert_eq!(generate(&running, "made-up").await, 401);
    let (_, granted) = grant(&running, FORM).await;
    assert_eq!(granted["expires_in"], "3599");
    let token = granted["access_token"].as_str().unwrap();
    assert_eq!(generate(&running, token).await, 200);
    running.set_scenario(Scenario::parse(br#"{"tokens":{"only_issued":true,"live_ms":0}}"#).unwrap());
    assert_eq!(generate(&running, token).await, 401);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_endpoint_can_fail() {
    let running = simulator(
        r#"{"rules":[{"when":{"endpoint":"token","call_to":1},"then":{"fault":{"error":{"status":503}}}}]}"#,
    )
    .await;
    assert_eq!(grant(&running, FORM).await.0, 503);
    assert_eq!(grant(&running, FORM).await.0, 200);
    running.shutdown().await.unwrap();
}
