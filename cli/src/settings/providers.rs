//! What the settings say of the providers.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use stet_domain::Provider;
use stet_domain::provider_limits::ProviderLimits;

/// Addresses, credentials and limits; a provider without credentials is not called.
#[derive(Debug, Clone)]
pub(crate) struct ProviderSettings {
    pub(crate) timeout: Duration,
    pub(crate) openai_api_key: Option<SecretString>,
    pub(crate) openai_base_url: String,
    pub(crate) gemini_api_key: Option<SecretString>,
    pub(crate) gemini_base_url: String,
    /// Set where a project is.
    pub(crate) vertex: Option<VertexSettings>,
    pub(crate) limits: BTreeMap<Provider, ProviderLimits>,
}

/// Vertex AI.
#[derive(Debug, Clone)]
pub(crate) struct VertexSettings {
    pub(crate) project: String,
    pub(crate) location: String,
    /// Google's own for the location where it is not set.
    pub(crate) base_url: Option<String>,
    pub(crate) credentials_file: Option<String>,
    pub(crate) access_token: Option<SecretString>,
}

impl ProviderSettings {
    /// Reads them; `value` answers a setting that its row of the table has checked.
    pub(super) fn read(value: impl Fn(&str) -> Option<String>, timeout: Duration) -> Self {
        let text = |name: &str| value(name).unwrap_or_default();
        let secret = |name: &str| value(name).map(SecretString::from);
        Self {
            timeout,
            openai_api_key: secret("OPENAI_API_KEY"),
            openai_base_url: text("OPENAI_BASE_URL"),
            gemini_api_key: secret("GEMINI_API_KEY"),
            gemini_base_url: text("GEMINI_BASE_URL"),
            vertex: value("VERTEX_PROJECT").map(|project| VertexSettings {
                project,
                location: text("VERTEX_LOCATION"),
                base_url: value("VERTEX_BASE_URL"),
                credentials_file: value("VERTEX_CREDENTIALS_FILE"),
                access_token: secret("VERTEX_ACCESS_TOKEN"),
            }),
            limits: limits(&value),
        }
    }

    /// Whether no provider can be called.
    pub(crate) const fn are_none(&self) -> bool {
        self.openai_api_key.is_none() && self.gemini_api_key.is_none() && self.vertex.is_none()
    }
}

/// `PROVIDER_<NAME>_RPM`, `_TPM` and `_MAX_CONCURRENCY` of every provider that has one of them.
fn limits(value: &impl Fn(&str) -> Option<String>) -> BTreeMap<Provider, ProviderLimits> {
    let limits_of = |provider: &Provider| {
        let name = provider.as_str().to_ascii_uppercase();
        let number =
            |what: &str| value(&format!("PROVIDER_{name}_{what}")).and_then(|text| text.parse().ok());
        let limits = ProviderLimits {
            requests_per_minute: number("RPM"),
            tokens_per_minute: number("TPM"),
            max_concurrency: number("MAX_CONCURRENCY"),
        };
        (!limits.is_unlimited()).then_some((*provider, limits))
    };
    Provider::ALL.iter().filter_map(limits_of).collect()
}
