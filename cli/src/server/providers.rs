//! The providers' adapters that the settings have credentials for.

use std::sync::Arc;

use anyhow::{Context, bail};
use secrecy::SecretString;
use stet_provider_http::gemini::{Gemini, GeminiOptions};
use stet_provider_http::openai::{OpenAi, OpenAiOptions};
use stet_provider_http::transport::Timeouts;
use stet_provider_http::vertex::{self, ServiceAccount, Vertex, VertexCredentials, VertexOptions};
use stet_worker::Providers;

use crate::settings::{ProviderSettings, VertexSettings};
use crate::system::SystemClock;

pub(super) fn providers(settings: &ProviderSettings) -> anyhow::Result<Providers> {
    let timeouts = Timeouts { read: settings.timeout, total: settings.timeout, ..Timeouts::default() };
    let mut providers = Providers::default();
    if let Some(key) = &settings.openai_api_key {
        let base_url = settings.openai_base_url.parse().context("OPENAI_BASE_URL is no address")?;
        let options = OpenAiOptions { base_url, key: key.clone(), timeouts };
        let client = OpenAi::new(options).context("the OpenAI adapter cannot be set up")?;
        providers = providers.with(Arc::new(client));
    }
    if let Some(key) = &settings.gemini_api_key {
        let base_url = settings.gemini_base_url.parse().context("GEMINI_BASE_URL is no address")?;
        let options = GeminiOptions { base_url, key: key.clone(), timeouts };
        let client = Gemini::new(options).context("the Gemini adapter cannot be set up")?;
        providers = providers.with(Arc::new(client));
    }
    if let Some(vertex) = &settings.vertex {
        let options = vertex_options(vertex, timeouts)?;
        let client = Vertex::new(options).context("the Vertex AI adapter cannot be set up")?;
        providers = providers.with(Arc::new(client));
    }
    Ok(providers)
}

fn vertex_options(settings: &VertexSettings, timeouts: Timeouts) -> anyhow::Result<VertexOptions> {
    let base_url = match &settings.base_url {
        Some(url) => url.parse().context("VERTEX_BASE_URL is no address")?,
        None => vertex::base_url(&settings.location).context("VERTEX_LOCATION cannot be used")?,
    };
    let credentials = match (&settings.credentials_file, &settings.access_token) {
        (Some(path), None) => {
            let file = std::fs::read_to_string(path)
                .map(SecretString::from)
                .with_context(|| format!("VERTEX_CREDENTIALS_FILE: {path} cannot be read"))?;
            let account = ServiceAccount::parse(&file)
                .with_context(|| format!("VERTEX_CREDENTIALS_FILE: {path} is no service account's key"))?;
            VertexCredentials::ServiceAccount(Box::new(account))
        }
        (None, Some(token)) => VertexCredentials::AccessToken(token.clone()),
        (None, None) => {
            bail!("VERTEX_PROJECT is set: set VERTEX_CREDENTIALS_FILE or VERTEX_ACCESS_TOKEN too")
        }
        (Some(_), Some(_)) => {
            bail!("VERTEX_CREDENTIALS_FILE and VERTEX_ACCESS_TOKEN are both set: one is enough")
        }
    };
    Ok(VertexOptions {
        base_url,
        project: settings.project.clone(),
        location: settings.location.clone(),
        credentials,
        timeouts,
        clock: Arc::new(SystemClock),
    })
}
