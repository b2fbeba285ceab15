//! The adapter: encode, send once, decode.

use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::HeaderName;
use secrecy::SecretString;
use stet_domain::Provider;
use stet_domain::versions::{Listing, ListingFailure};
use stet_provider::{Api, Call, Outcome, ProviderClient};
use url::Url;

use super::{decode, decode_listing, encode};
use crate::credential::Credential;
use crate::exchange::{self, under};
use crate::generate_content;
use crate::transport::{SetupError, Timeouts, Transport};

/// The header that carries the key; as a parameter of the address it would stand in logs.
const KEY: HeaderName = HeaderName::from_static("x-goog-api-key");

/// How to reach Gemini, or what speaks like it.
#[derive(Debug, Clone)]
pub struct GeminiOptions {
    /// The address under which `models` lie, such as `https://generativelanguage.googleapis.com/v1beta`.
    pub base_url: Url,
    /// The API key.
    pub key: SecretString,
    /// The bounds of an exchange.
    pub timeouts: Timeouts,
}

/// Gemini's Developer API.
pub struct Gemini {
    api: Api,
    transport: Transport,
    models: Url,
    credential: Credential,
}

impl Gemini {
    /// An adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// An address that is no base, a key that fits no header, or a machine without trust anchors for an https address.
    pub fn new(options: GeminiOptions) -> Result<Self, SetupError> {
        Ok(Self {
            api: Api { provider: Provider::Gemini, name: "generateContent", version: "v1beta", region: None },
            transport: Transport::new(&options.base_url, options.timeouts)?,
            models: under(&options.base_url, &["models"])?,
            credential: Credential::key(KEY, options.key)?,
        })
    }
}

#[async_trait]
impl ProviderClient for Gemini {
    fn api(&self) -> &Api {
        &self.api
    }

    async fn generate(&self, call: &Call) -> Outcome {
        let body = Bytes::from(encode(call));
        let url = under(&self.models, &[&format!("{}:generateContent", call.model)])
            .expect("what lies under a base is one");
        exchange::generate(&self.transport, &self.credential, url, call, body, decode).await
    }

    async fn list_models(&self, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        generate_content::collect(&self.transport, &self.credential, &self.models, etag, decode_listing).await
    }
}
