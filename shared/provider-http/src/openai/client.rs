//! The adapter: encode, send once, decode.

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use secrecy::{ExposeSecret, SecretString};
use stet_domain::versions::{Listing, ListingFailure};
use stet_domain::{Digest, Provider};
use stet_provider::{Api, Call, Exchange, Outcome, ProviderClient, ReplyHead};
use url::Url;

use super::{decode, decode_listing, encode, errors};
use crate::fields::bounded;
use crate::transport::{Broken, Head, Redaction, Request, Sent, SetupError, Timeouts, Transport};

/// The header that tells repeats of one exchange from other exchanges (providers.md, Requests 5).
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");

/// The header by which OpenAI names its side of an exchange.
const REQUEST_ID: &str = "x-request-id";

/// Characters of the provider's request id that are kept.
const REQUEST_ID_MAX_CHARS: usize = 200;

/// How to reach OpenAI, or what speaks like it.
#[derive(Debug, Clone)]
pub struct OpenAiOptions {
    /// The address under which `responses` and `models` lie, such as `https://api.openai.com/v1`.
    pub base_url: Url,
    /// The key sent as bearer token.
    pub key: SecretString,
    /// The bounds of an exchange.
    pub timeouts: Timeouts,
}

/// OpenAI's Responses API.
pub struct OpenAi {
    api: Api,
    transport: Transport,
    responses: Url,
    models: Url,
    headers: HeaderMap,
    redaction: Redaction,
}

impl OpenAi {
    /// An adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// An address that is no base, a key that fits no header, or a machine without trust anchors for an https address.
    pub fn new(options: OpenAiOptions) -> Result<Self, SetupError> {
        let transport = Transport::new(&options.base_url, options.timeouts)?;
        let under = |name: &str| {
            let mut url = options.base_url.clone();
            let mut path =
                url.path_segments_mut().map_err(|()| SetupError::Address(options.base_url.clone()))?;
            path.pop_if_empty().push(name);
            drop(path);
            Ok(url)
        };
        let bearer = SecretString::from(format!("Bearer {}", options.key.expose_secret()));
        let mut authorization =
            HeaderValue::from_str(bearer.expose_secret()).map_err(|_unprintable| SetupError::Key)?;
        authorization.set_sensitive(true);
        let headers = HeaderMap::from_iter([
            (AUTHORIZATION, authorization),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ]);
        Ok(Self {
            api: Api { provider: Provider::OpenAi, name: "responses", version: "v1", region: None },
            transport,
            responses: under("responses")?,
            models: under("models")?,
            headers,
            redaction: Redaction::new(options.key),
        })
    }

    async fn send(&self, request: Request) -> Sent {
        let mut sent = self.transport.send(request).await;
        sent.body = self.redaction.apply(sent.body);
        if let Err(Broken { failure, .. }) = &mut sent.result {
            failure.detail = self.redaction.apply_to_words(std::mem::take(&mut failure.detail));
        }
        sent
    }
}

#[async_trait]
impl ProviderClient for OpenAi {
    fn api(&self) -> &Api {
        &self.api
    }

    async fn generate(&self, call: &Call) -> Outcome {
        let request_body = Bytes::from(encode(call));
        let request_sha256 = Digest::of(&request_body);
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let id = HeaderValue::from_str(&call.client_request_id.to_string())
            .expect("hexadecimal digits fit a header");
        headers.insert(CLIENT_REQUEST_ID, id);
        let request = Request {
            method: Method::POST,
            url: self.responses.clone(),
            headers,
            body: Some(request_body.clone()),
        };
        let sent = self.send(request).await;
        let (result, head) = match sent.result {
            Ok(head) => (decode(head.status, &head.headers, &sent.body), Some(head)),
            // An error status says more than the break behind it.
            Err(Broken { head: Some(head), .. }) if head.status >= 400 => {
                (Err(errors::of_status(head.status, &head.headers, &sent.body)), Some(head))
            }
            Err(Broken { failure, head }) => (Err(failure), head),
        };
        let reply =
            head.map(|Head { status, headers }| ReplyHead { status, request_id: request_id(&headers) });
        let exchange = Exchange {
            request_body,
            request_sha256,
            reply,
            reply_body: sent.body,
            latency_ms: sent.latency_ms,
        };
        Outcome { exchange, result }
    }

    async fn list_models(&self, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        let mut headers = self.headers.clone();
        if let Some(etag) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
            headers.insert(IF_NONE_MATCH, etag);
        }
        let request = Request { method: Method::GET, url: self.models.clone(), headers, body: None };
        let sent = self.send(request).await;
        match sent.result {
            Ok(head) => decode_listing(head.status, &head.headers, &sent.body),
            Err(Broken { failure, .. }) => Err(ListingFailure { code: failure.code, detail: failure.detail }),
        }
    }
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    Some(bounded(headers.get(REQUEST_ID)?.to_str().ok()?, REQUEST_ID_MAX_CHARS))
}
