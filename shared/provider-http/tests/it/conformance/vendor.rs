//! The vendors under test: how each is reached, and its own words for what all of them say.

use secrecy::SecretString;
use stet_provider::{Finish, ProviderClient};
use stet_provider_http::gemini::{Gemini, GeminiOptions};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::Timeouts;
use stet_provider_http::vertex::{Vertex, VertexCredentials, VertexOptions};

use crate::scripted::Scripted;
use crate::wall_clock;

/// The secret that every client carries.
pub(super) const KEY: &str = "a-secret-of-the-suite";

/// One vendor.
pub(super) struct Vendor {
    client: fn(&Scripted, Timeouts) -> Box<dyn ProviderClient>,
    pub(super) model: &'static str,
    /// Where a generation is posted.
    pub(super) path: &'static str,
    pub(super) listing_path: &'static str,
    pub(super) key_header: &'static str,
    pub(super) key_prefix: &'static str,
    /// An answer that says where Oslo is, and the version in it.
    pub(super) plain: &'static [u8],
    pub(super) version: &'static str,
    /// A 429 without a hint.
    pub(super) rate_limited: &'static [u8],
    pub(super) quota_exhausted: &'static [u8],
    pub(super) unknown_model: (u16, &'static [u8]),
    pub(super) bad_key: (u16, &'static [u8]),
    /// Answers that ended otherwise than well: refused, blocked, cut short, empty.
    pub(super) ends: Vec<(&'static [u8], Finish)>,
    /// The first page of a list, and the one behind a token.
    pub(super) pages: [&'static [u8]; 2],
    pub(super) listed: &'static [&'static str],
}

impl Vendor {
    pub(super) fn client(&self, server: &Scripted, timeouts: Timeouts) -> Box<dyn ProviderClient> {
        (self.client)(server, timeouts)
    }
}

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../fixtures/", $name, ".json"))
    };
}

fn refused(reason: &str) -> Finish {
    Finish::Refused { reason: reason.to_owned() }
}

fn incomplete(reason: &str) -> Finish {
    Finish::Incomplete { reason: reason.to_owned() }
}

pub(super) fn openai() -> Vendor {
    Vendor {
        client: |server, timeouts| {
            let base_url = server.url("/v1").parse().unwrap();
            Box::new(OpenAi::new(OpenAiOptions { base_url, key: SecretString::from(KEY), timeouts }).unwrap())
        },
        model: "gpt-5.4",
        path: "/v1/responses",
        listing_path: "/v1/models",
        key_header: "authorization",
        key_prefix: "Bearer ",
        plain: fixture!("openai/plain"),
        version: "gpt-5.4-2026-03-05",
        rate_limited: br#"{"error":{"message":"Slow down.","type":"requests","code":"rate_limit_exceeded"}}"#,
        quota_exhausted: fixture!("openai/429_quota"),
        unknown_model: (400, fixture!("openai/400_model")),
        bad_key: (401, fixture!("openai/401")),
        ends: vec![
            (fixture!("openai/refusal"), refused("I can't help with that request.")),
            (fixture!("openai/incomplete"), incomplete("max_output_tokens")),
            (
                br#"{"status":"incomplete","incomplete_details":{"reason":"content_filter"},"model":"m","output":[]}"#,
                incomplete("content_filter"),
            ),
            (br#"{"status":"completed","model":"m","output":[]}"#, Finish::Empty),
        ],
        pages: [fixture!("openai/models"), b""],
        listed: &["gpt-5.4", "gpt-5.4-2026-03-05", "o3"],
    }
}

/// What both vendors of generateContent answer alike.
fn google() -> Vendor {
    Vendor {
        model: "gemini-2.5-flash",
        version: "gemini-2.5-flash",
        rate_limited: fixture!("vertex/429"),
        quota_exhausted: br#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota.","details":[
            {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},
            {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}"#,
        unknown_model: (404, br#"{"error":{"code":404,"status":"NOT_FOUND","message":"models/x is not found"}}"#),
        ends: vec![
            (fixture!("gemini/blocked_prompt"), refused("SAFETY")),
            (fixture!("gemini/blocked_output"), refused("SAFETY")),
            (
                br#"{"candidates":[{"finishReason":"RECITATION"}],"modelVersion":"m"}"#,
                refused("RECITATION"),
            ),
            (fixture!("gemini/max_tokens_empty"), incomplete("MAX_TOKENS")),
            (
                br#"{"candidates":[{"content":{"parts":[{"text":""}]},"finishReason":"STOP"}],"modelVersion":"m"}"#,
                Finish::Empty,
            ),
            (br#"{"usageMetadata":{"promptTokenCount":1},"modelVersion":"m"}"#, Finish::Empty),
        ],
        ..openai()
    }
}

pub(super) fn gemini() -> Vendor {
    Vendor {
        client: |server, timeouts| {
            let base_url = server.url("/v1beta").parse().unwrap();
            Box::new(Gemini::new(GeminiOptions { base_url, key: SecretString::from(KEY), timeouts }).unwrap())
        },
        path: "/v1beta/models/gemini-2.5-flash:generateContent",
        listing_path: "/v1beta/models?pageSize=1000",
        key_header: "x-goog-api-key",
        key_prefix: "",
        plain: fixture!("gemini/plain"),
        bad_key: (400, fixture!("gemini/400_key")),
        pages: [fixture!("gemini/models"), br#"{"models":[{"name":"models/gemini-2.0-flash-001"}]}"#],
        listed: &["gemini-2.0-flash-001", "gemini-2.5-flash", "gemini-flash-latest"],
        ..google()
    }
}

pub(super) fn vertex() -> Vendor {
    Vendor {
        client: |server, timeouts| {
            let options = VertexOptions {
                base_url: server.url("").parse().unwrap(),
                project: "example-project".to_owned(),
                location: "europe-west4".to_owned(),
                credentials: VertexCredentials::AccessToken(SecretString::from(KEY)),
                timeouts,
                clock: wall_clock(),
            };
            Box::new(Vertex::new(options).unwrap())
        },
        path: "/v1/projects/example-project/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent",
        listing_path: "/v1beta1/publishers/google/models?pageSize=1000",
        plain: fixture!("vertex/plain"),
        bad_key: (401, br#"{"error":{"code":401,"status":"UNAUTHENTICATED","message":"Request had invalid authentication credentials."}}"#),
        pages: [
            br#"{"publisherModels":[{"name":"publishers/google/models/b","versionId":"001"}],"nextPageToken":"t"}"#,
            br#"{"publisherModels":[{"name":"publishers/google/models/a"}]}"#,
        ],
        listed: &["a", "b"],
        ..google()
    }
}
