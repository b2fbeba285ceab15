//! The control endpoint.

use serde_json::Value;

use crate::http::{generate, send, simulator};

const BODY: &str = r#"{"model":"gpt-4o-2024-08-06","input":"Which bank is best?"}"#;

#[tokio::test]
async fn a_scenario_is_taken_up_refused_and_given_back() {
    let running = simulator("{}").await;
    assert_eq!(generate(&running, BODY).await.0, 200);
    let outage = r#"{"rules":[{"then":{"fault":{"error":{"status":503}}}}]}"#;
    assert_eq!(send(&running, "PUT", "/_simulator/scenario", "", outage).await.0, 204);
    assert_eq!(generate(&running, BODY).await.0, 503);

    let (status, words) =
        send(&running, "PUT", "/_simulator/scenario", "", r#"{"rules":[{"then":{}}]}"#).await;
    assert_eq!((status, words.as_str()), (400, "rules/0: `then` sets nothing"));
    assert_eq!(generate(&running, BODY).await.0, 503);

    let (_, told) = send(&running, "GET", "/_simulator/scenario", "", "").await;
    let same = |text: &str| serde_json::from_str::<Value>(text).unwrap()["rules"][0]["then"].clone();
    assert_eq!(same(&told), same(outage));

    assert_eq!(send(&running, "POST", "/_simulator/reset", "", "").await.0, 204);
    assert_eq!(generate(&running, BODY).await.0, 200);
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn calls_are_told_with_their_receipt() {
    let running = simulator(r#"{"rules":[{"when":{"try_to":1},"then":{"fault":{"rate_limit":{}}}}]}"#).await;
    assert_eq!(generate(&running, BODY).await.0, 429);
    assert_eq!(generate(&running, BODY).await.0, 200);
    let (_, calls) = send(&running, "GET", "/_simulator/calls?after=0&limit=10", "", "").await;
    let calls: Value = serde_json::from_str(&calls).unwrap();
    let outcomes: Vec<&str> =
        calls.as_array().unwrap().iter().map(|call| call["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["429", "answer"]);
    assert_eq!(calls[0]["client_request_id"], "one");
    assert_eq!(calls[0]["mode"], "UNGROUNDED");
    assert!(calls[0]["received_us"].as_u64() <= calls[1]["received_us"].as_u64());
    let (_, counts) = send(&running, "GET", "/_simulator/counts", "", "").await;
    let counts: Value = serde_json::from_str(&counts).unwrap();
    assert_eq!((counts["received"].as_u64(), counts["repeated"]["one"].as_u64()), (Some(2), Some(2)));
    running.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_call_that_hangs_does_not_outlive_the_simulator() {
    let running = simulator(r#"{"rules":[{"then":{"fault":"hang"}}]}"#).await;
    let address = running.local_addr();
    let caller = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let head = "POST /v1/responses HTTP/1.1\r\nhost: s\r\nauthorization: Bearer k\r\ncontent-length";
        let request = format!("{head}: {}\r\n\r\n{BODY}", BODY.len());
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.unwrap();
    });
    while running.counts().in_flight == 0 {
        tokio::task::yield_now().await;
    }
    running.shutdown().await.unwrap();
    caller.await.unwrap();
}
