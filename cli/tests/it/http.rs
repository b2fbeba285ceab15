//! The little HTTP that tests need beside the client verbs.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

const TIMEOUT: Duration = Duration::from_secs(70);

/// Sends a request without a body; status and body, or `None` where the server is not there.
pub(crate) fn get(base: &str, path: &str, key: Option<&str>) -> Option<(u16, Value)> {
    send("GET", base, path, key, "")
}

/// Posts a document with further headers.
pub(crate) fn post(
    base: &str,
    path: &str,
    key: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<(u16, Value)> {
    let mut all = vec![format!("authorization: Bearer {key}\r\n")];
    all.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
    let (status, text) = exchange("POST", base, path, &all.concat(), body)?;
    Some((status, document(&text)))
}

/// The body as it is.
pub(crate) fn text(base: &str, path: &str) -> Option<String> {
    Some(exchange("GET", base, path, "", "")?.1)
}

pub(crate) fn send(
    method: &str,
    base: &str,
    path: &str,
    key: Option<&str>,
    body: &str,
) -> Option<(u16, Value)> {
    let key = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
    let (status, text) = exchange(method, base, path, &key, body)?;
    Some((status, document(&text)))
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

fn exchange(method: &str, base: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let host = base.strip_prefix("http://").expect("an address over plain HTTP");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}
