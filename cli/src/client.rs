//! The client side: verbs that speak HTTP to `STET_URL`.

pub(crate) mod batch;
mod decide;
pub(crate) mod drift;
pub(crate) mod fleet;
pub(crate) mod key;
pub(crate) mod matrix;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod provider;
pub(crate) mod run;
pub(crate) mod schedule;
pub(crate) mod template;
pub(crate) mod verify;
pub(crate) mod watch;

use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::secrets::read_private;
use crate::settings::Settings;

/// The file in the data folder that holds the first API key.
pub(crate) const KEY_FILE: &str = "api-key";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than the server may let a client wait for a run.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(150);

/// A server and the key to it.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    key: SecretString,
}

/// An answer below status 400.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl Client {
    /// A client from settings; the key of the data folder is taken where none is set.
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let key = match &settings.stet_api_key {
            Some(key) => key.clone(),
            None => kept_key(settings)?,
        };
        Self::with_key(&settings.stet_url, key)
    }

    /// A client with that key.
    pub(crate) fn with_key(url: &str, key: SecretString) -> anyhow::Result<Self> {
        let base = Url::parse(url).with_context(|| format!("STET_URL {url:?} is no address"))?;
        let http =
            reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).timeout(ANSWER_TIMEOUT).build()?;
        Ok(Self { http, base, key })
    }

    /// Reads a document.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        Ok(self.send(Method::GET, path, query, None, None).await?.body)
    }

    /// Sends a document and reads one.
    pub(crate) async fn post(
        &self,
        path: &str,
        query: &[(&str, String)],
        body: Vec<u8>,
        idempotency_key: Option<&str>,
    ) -> anyhow::Result<Answer> {
        self.send(Method::POST, path, query, Some(body), idempotency_key).await
    }

    /// Removes a thing.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        Ok(self.send(Method::DELETE, path, &[], None, None).await?.body)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<Vec<u8>>,
        idempotency_key: Option<&str>,
    ) -> anyhow::Result<Answer> {
        let mut url = self.base.join(path).with_context(|| format!("{path:?} is no path"))?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.http.request(method, url).bearer_auth(self.key.expose_secret());
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let answer = request
            .send()
            .await
            .with_context(|| format!("no answer from {}; is `stet serve` running?", self.base))?;
        let status = answer.status();
        let bytes = answer.bytes().await.context("the answer was cut off")?;
        if status.is_client_error() || status.is_server_error() {
            return Err(problem::Problem::read(status, &bytes).into());
        }
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).context("the answer is no JSON")?
        };
        Ok(Answer { status, body })
    }
}

fn kept_key(settings: &Settings) -> anyhow::Result<SecretString> {
    let path = settings.data_dir.join(KEY_FILE);
    match read_private(&path)? {
        Some(text) => Ok(SecretString::from(text.trim())),
        None => {
            bail!("no API key: set STET_API_KEY, or start `stet serve` here once to make {}", path.display())
        }
    }
}
