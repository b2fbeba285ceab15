//! The adapter: encode, send once, decode.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use secrecy::SecretString;
use stet_domain::Provider;
use stet_domain::clock::Clock;
use stet_domain::code::ErrorCode;
use stet_domain::versions::{Listing, ListingFailure};
use stet_provider::{Api, Call, FailureClass, Outcome, ProviderClient};
use url::Url;

use super::access::Access;
use super::account::ServiceAccount;
use super::token::Tokens;
use super::{decode, decode_listing, encode, location};
use crate::credential::Credential;
use crate::exchange::{self, under};
use crate::generate_content;
use crate::transport::{SetupError, Timeouts, Transport};

/// What authorises calls.
#[derive(Debug, Clone)]
pub enum VertexCredentials {
    /// A service account, which fetches and renews its own tokens.
    ServiceAccount(Box<ServiceAccount>),
    /// An access token that somebody else renews, such as a gateway's.
    AccessToken(SecretString),
}

/// How to reach Vertex AI, or what speaks like it.
#[derive(Clone)]
pub struct VertexOptions {
    /// The address under which `v1` and `v1beta1` lie: [`super::base_url`] of the location, or another.
    pub base_url: Url,
    /// The project that pays.
    pub project: String,
    /// The location that serves, such as `global` or `europe-west4`.
    pub location: String,
    /// What authorises calls.
    pub credentials: VertexCredentials,
    /// The bounds of an exchange.
    pub timeouts: Timeouts,
    /// The wall clock by which a service account dates what it signs.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for VertexOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VertexOptions")
            .field("base_url", &self.base_url)
            .field("project", &self.project)
            .field("location", &self.location)
            .field("credentials", &self.credentials)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// Vertex AI's generateContent.
pub struct Vertex {
    api: Api,
    transport: Transport,
    models: Url,
    listing: Url,
    access: Access,
}

impl Vertex {
    /// An adapter; nothing is sent before the first call.
    ///
    /// # Errors
    /// An address that is no base, a location or project that cannot be one, a token that fits no header, or a machine without
    /// trust anchors for an https address.
    pub fn new(options: VertexOptions) -> Result<Self, SetupError> {
        location::check(&options.location)?;
        if options.project.is_empty() {
            return Err(SetupError::Project);
        }
        let place = ["v1", "projects", &options.project, "locations", &options.location];
        let published = ["publishers", "google", "models"];
        let access = match options.credentials {
            VertexCredentials::AccessToken(token) => Access::Given(Arc::new(Credential::bearer(token)?)),
            VertexCredentials::ServiceAccount(account) => {
                Access::Account(Box::new(Tokens::new(*account, options.clock, options.timeouts)?))
            }
        };
        Ok(Self {
            transport: Transport::new(&options.base_url, options.timeouts)?,
            models: under(&under(&options.base_url, &place)?, &published)?,
            // The list is the publisher's, of no project, and only in this version (providers-wire.md §2.5).
            listing: under(&under(&options.base_url, &["v1beta1"])?, &published)?,
            access,
            api: Api {
                provider: Provider::Vertex,
                name: "generateContent",
                version: "v1",
                region: Some(options.location),
            },
        })
    }
}

#[async_trait]
impl ProviderClient for Vertex {
    fn api(&self) -> &Api {
        &self.api
    }

    async fn generate(&self, call: &Call) -> Outcome {
        let body = Bytes::from(encode(call));
        let token = match self.access.token().await {
            Ok(token) => token,
            Err(failure) => return exchange::unsent(body, failure),
        };
        let url = under(&self.models, &[&format!("{}:generateContent", call.model)])
            .expect("what lies under a base is one");
        let mut outcome =
            exchange::generate(&self.transport, &token.credential, url, call, body, decode).await;
        // A token that ended early is renewed once: the next try has a new one, whose refusal is final.
        if outcome.exchange.reply.as_ref().is_some_and(|reply| reply.status == 401)
            && self.access.refused(&token)
            && let Err(failure) = &mut outcome.result
        {
            failure.class = FailureClass::Retryable;
        }
        outcome
    }

    async fn list_models(&self, etag: Option<&str>) -> Result<Listing, ListingFailure> {
        let token = self
            .access
            .token()
            .await
            .map_err(|failure| ListingFailure { code: failure.code, detail: failure.detail })?;
        let listed = generate_content::collect(
            &self.transport,
            &token.credential,
            &self.listing,
            etag,
            decode_listing,
        )
        .await;
        if listed.as_ref().is_err_and(|failure| failure.code == ErrorCode::ProviderAuth) {
            let _renewed = self.access.refused(&token);
        }
        listed
    }
}
