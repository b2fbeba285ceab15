//! A provider in this process: the real adapter's encoding and decoding around a reply that costs nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use stet_domain::versions::{ListedModel, Listing, ListingFailure};
use stet_domain::{Digest, Provider};
use stet_provider::{Api, Call, Exchange, Outcome, ProviderClient, ReplyHead};
use stet_provider_http::HeaderMap;
use stet_provider_http::openai::{decode, encode};

/// The model that the example's template pins and every reply names.
pub(super) const MODEL: &str = "gpt-5.4-2026-03-05";

const PLAIN: &str = include_str!("../../data/reply_plain.json");
const GROUNDED: &str = include_str!("../../data/reply_grounded.json");
/// Stands in the replies where each has something of its own, so that no two outputs are equal.
const OWN: &str = "@@";
/// Calls whose begin is kept: more than a preflight makes.
const FIRST_CALLS: u64 = 16;

/// Answers every call after the same time.
pub(super) struct Double {
    api: Api,
    latency: Duration,
    calls: AtomicU64,
    last_call: Mutex<Option<Instant>>,
    /// When the calls that come first began: a preflight's, and the first cell's.
    first_calls: Mutex<Vec<Instant>>,
}

impl Double {
    pub(super) fn new(latency: Duration) -> Self {
        let api = Api { provider: Provider::OpenAi, name: "responses", version: "v1", region: None };
        Self {
            api,
            latency,
            calls: AtomicU64::new(0),
            last_call: Mutex::new(None),
            first_calls: Mutex::default(),
        }
    }

    /// How often it was asked.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// When the call behind the first `before` began.
    pub(super) fn first_cell(&self, before: u64) -> Option<Instant> {
        let first = self.first_calls.lock().unwrap_or_else(PoisonError::into_inner);
        first.get(usize::try_from(before).ok()?).copied()
    }

    /// When it was last asked.
    pub(super) fn last_call(&self) -> Option<Instant> {
        *self.last_call.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ProviderClient for Double {
    fn api(&self) -> &Api {
        &self.api
    }

    async fn generate(&self, call: &Call) -> Outcome {
        *self.last_call.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        if self.calls.fetch_add(1, Ordering::Relaxed) < FIRST_CALLS {
            self.first_calls.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
        let request_body = Bytes::from(encode(call));
        let request_sha256 = Digest::of(&request_body);
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        let reply = if call.search.is_some() { GROUNDED } else { PLAIN };
        let reply_body = Bytes::from(reply.replacen(OWN, &call.client_request_id.to_string(), 1));
        let result = decode(200, &HeaderMap::new(), &reply_body);
        let exchange = Exchange {
            request_body,
            request_sha256,
            reply: Some(ReplyHead { status: 200, request_id: Some("req_bench".to_owned()) }),
            reply_body,
            latency_ms: u64::try_from(self.latency.as_millis()).unwrap_or(u64::MAX),
        };
        Outcome { exchange, result }
    }

    async fn list_models(&self, _etag: Option<&str>) -> Result<Listing, ListingFailure> {
        let model = ListedModel { id: MODEL.to_owned(), mark: None, shutdown_date: None };
        Ok(Listing::Fresh { models: vec![model], etag: None })
    }
}
