//! A client of a few lines.

use serde_json::Value;
use stet_simulator::{Options, Running, Scenario, Simulator};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A simulator that accepts any key and plays the scenario.
pub(crate) async fn simulator(scenario: &str) -> Running {
    let scenario = Scenario::parse(scenario.as_bytes()).unwrap();
    let options = Options { seed: 1, scenario, key: None };
    Simulator::new(options).bind("127.0.0.1:0".parse().unwrap()).await.unwrap()
}

/// One request on a connection of its own: the reply's status and body.
pub(crate) async fn send(
    running: &Running,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String) {
    let mut stream = TcpStream::connect(running.local_addr()).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: simulator\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// A generation request with a key.
pub(crate) async fn generate(running: &Running, body: &str) -> (u16, String) {
    send(running, "POST", "/v1/responses", "authorization: Bearer any\r\nx-client-request-id: one\r\n", body)
        .await
}

/// A generation request to a model of the Gemini Developer API, with a key.
pub(crate) async fn gemini(running: &Running, model: &str, body: &str) -> (u16, Value) {
    let path = format!("/v1beta/models/{model}:generateContent");
    let (status, body) =
        send(running, "POST", &path, "x-goog-api-key: any\r\nx-client-request-id: one\r\n", body).await;
    (status, serde_json::from_str(&body).unwrap())
}

/// A generation request to a model on Vertex, with an access token.
pub(crate) async fn vertex(running: &Running, model: &str, body: &str) -> (u16, Value) {
    let path = format!("/v1/projects/p/locations/global/publishers/google/models/{model}:generateContent");
    let (status, body) =
        send(running, "POST", &path, "authorization: Bearer any\r\nx-client-request-id: one\r\n", body).await;
    (status, serde_json::from_str(&body).unwrap())
}
