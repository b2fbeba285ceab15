//! What the settings say of the providers.

use std::time::Duration;

use secrecy::SecretString;

/// Addresses and credentials; a provider without credentials is not called.
#[derive(Debug, Clone)]
pub(crate) struct ProviderSettings {
    pub(crate) timeout: Duration,
    pub(crate) openai_api_key: Option<SecretString>,
    pub(crate) openai_base_url: String,
    pub(crate) gemini_api_key: Option<SecretString>,
    pub(crate) gemini_base_url: String,
    /// Set where a project is.
    pub(crate) vertex: Option<VertexSettings>,
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
        }
    }

    /// Whether no provider can be called.
    pub(crate) const fn are_none(&self) -> bool {
        self.openai_api_key.is_none() && self.gemini_api_key.is_none() && self.vertex.is_none()
    }
}
