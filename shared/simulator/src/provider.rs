//! The vendors' interfaces that are spoken.

use serde::{Deserialize, Serialize};

/// An interface, by the name that a template gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Provider {
    /// OpenAI's Responses API.
    Openai,
    /// The Gemini Developer API.
    Gemini,
    /// Gemini on Vertex AI.
    Vertex,
}

impl Provider {
    /// How many there are.
    pub(crate) const COUNT: usize = 3;

    /// The name in a scenario and in the ledger.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Gemini => "gemini",
            Self::Vertex => "vertex",
        }
    }
}
