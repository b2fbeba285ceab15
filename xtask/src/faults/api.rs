//! The API, as a client of an org speaks to it.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;

/// How long an answer may take: longer than any wait that the API offers.
const TIMEOUT: Duration = Duration::from_secs(70);

/// A client with the key of an org.
#[derive(Debug, Clone)]
pub(super) struct Api {
    agent: ureq::Agent,
    base: String,
    key: Option<String>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Seconds until the client may come again, where the answer tells.
    pub(super) retry_after_s: Option<u64>,
    pub(super) body: Value,
}

impl Answer {
    /// The body of an answer with that status.
    pub(super) fn expect(self, status: u16) -> anyhow::Result<Value> {
        if self.status != status {
            bail!("the answer is {} instead of {status}: {}", self.status, self.body);
        }
        Ok(self.body)
    }
}

impl Api {
    pub(super) fn new(base: &str, key: Option<&str>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .max_idle_connections(0)
            .build();
        Self { agent: config.into(), base: base.to_owned(), key: key.map(str::to_owned) }
    }

    pub(super) fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        read(request.call().with_context(|| format!("GET {path}"))?)
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(ureq::http::Method::POST, path, body)
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.send(ureq::http::Method::PUT, path, body)
    }

    fn send(&self, method: ureq::http::Method, path: &str, body: &Value) -> anyhow::Result<Answer> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let request = request.body(body.to_string())?;
        read(self.agent.run(request).with_context(|| format!("a request to {path}"))?)
    }
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> anyhow::Result<Answer> {
    let status = answer.status().as_u16();
    let told = answer.headers().get("retry-after").and_then(|seconds| seconds.to_str().ok());
    let retry_after_s = told.and_then(|seconds| seconds.parse().ok());
    let text = answer.body_mut().with_config().limit(1 << 28).read_to_string()?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, retry_after_s, body })
}
