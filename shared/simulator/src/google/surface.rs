//! The two interfaces and what tells them apart.

use crate::provider::Provider;

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    /// The Developer API.
    Developer,
    /// Vertex AI.
    Vertex,
}

impl Surface {
    /// The provider by the name of scenarios.
    pub(super) const fn provider(self) -> Provider {
        match self {
            Self::Developer => Provider::Gemini,
            Self::Vertex => Provider::Vertex,
        }
    }

    /// What errors call the service.
    pub(super) const fn service(self) -> &'static str {
        match self {
            Self::Developer => "generativelanguage.googleapis.com",
            Self::Vertex => "aiplatform.googleapis.com",
        }
    }
}

/// What a call of a model is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) surface: Surface,
    /// The model's id.
    pub(super) model: String,
    /// The name that errors give it.
    pub(super) resource: String,
}

impl Target {
    pub(super) fn developer(model: &str) -> Self {
        Self { surface: Surface::Developer, model: model.to_owned(), resource: format!("models/{model}") }
    }

    pub(super) fn vertex(project: &str, location: &str, model: &str) -> Self {
        let resource = format!("projects/{project}/locations/{location}/publishers/google/models/{model}");
        Self { surface: Surface::Vertex, model: model.to_owned(), resource }
    }
}
