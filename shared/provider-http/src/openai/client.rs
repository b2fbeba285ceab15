//! The adapter: encode, send once, decode.

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use stet_domain::Provider;
use stet_domain::versions::{Listing, ListingFailure};
use stet_provider::{Api, Call, Outcome, ProviderClient};
use url::Url;

use super::{decode, decode_listing, encode};
use crate::credential::Credential;
use crate::exchange::{self, under};
use crate::transport::{SetupError, Timeouts, Transport};

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
    credential: Credential,
}

impl OpenAi {
    /// An adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// An address that is no base, a key that fits no header, or a machine without trust anchors for an https address.
    pub fn new(options: OpenAiOptions) -> Result<Self, SetupError> {
        Ok(Self {
            api: Api { provider: Provider::OpenAi, name: "responses", version: "v1", region: None },
            transport: Transport::new(&options.base_url, options.timeouts)?,
            responses: under(&options.base_url, &["responses"])?,
            models: under(&options.base_url, &["models"])?,
            credential: Credential::bearer(options.key)?,
        })
    }
}

#[async_trait]
impl ProviderClient for OpenAi {
    fn api(&self) -> &Api {
        &self.api
    }

    async fn generate(&self, call: &Call) -> Outcome {
        let body = Bytes::from(encode(call));
        let url = self.responses.clone();
        exchange::generate(&self.transport, &self.credential, url, call, body, decode).await
    }

    async fn list_models(&self, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        let (head, body) =
            exchange::get(&self.transport, &self.credential, self.models.clone(), etag).await?;
        decode_listing(head.status, &head.headers, &body)
    }
}
