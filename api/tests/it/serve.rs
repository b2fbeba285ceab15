//! Real connections.

use std::time::Duration;

use stet_api::{ServeOptions, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fixture::World;

async fn start(options: ServeOptions) -> (TcpStream, oneshot::Sender<()>, JoinHandle<()>, World) {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let router = world.router.clone();
    let server = tokio::spawn(async move {
        serve(listener, router, options, async { drop(stopped.await) }).await;
    });
    (TcpStream::connect(address).await.unwrap(), stop, server, world)
}

async fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    String::from_utf8(reply).unwrap()
}

#[tokio::test]
async fn a_request_is_answered_over_a_socket() {
    let (mut stream, _stop, _server, _world) = start(ServeOptions::default()).await;
    let reply = exchange(&mut stream, "GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(reply.starts_with("HTTP/1.1 404 Not Found\r\n"), "{reply}");
    assert!(reply.contains("content-type: application/problem+json\r\n"), "{reply}");
    assert!(reply.ends_with('}'), "{reply}");
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let options = ServeOptions { header_timeout: Duration::from_millis(20), ..ServeOptions::default() };
    let (mut stream, _stop, _server, _world) = start(options).await;
    let reply = exchange(&mut stream, "GET / HTTP/1.1\r\nhost: x\r\n").await;
    assert!(!reply.contains("200 OK"), "{reply}");
}

#[tokio::test]
async fn a_shutdown_ends_idle_connections_and_the_server() {
    let (mut stream, stop, server, _world) = start(ServeOptions::default()).await;
    stream.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut buffer = [0; 12];
    stream.read_exact(&mut buffer).await.unwrap();
    assert_eq!(&buffer, b"HTTP/1.1 200");
    stop.send(()).unwrap();
    server.await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(String::from_utf8_lossy(&rest).contains(r#"{"status":"ok"}"#));
}
