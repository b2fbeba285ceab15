//! The vendors.

use super::words::words;

words! {
    /// The vendor's API that a template calls.
    Provider {
        /// OpenAI's Responses API.
        OpenAi = "openai",
        /// Google's Gemini Developer API.
        Gemini = "gemini",
        /// Gemini on Google's Vertex AI.
        Vertex = "vertex",
    }
}

impl Provider {
    /// Whether grounded JSON may be made in two steps, which is then the default.
    #[must_use]
    pub const fn has_two_steps(self) -> bool {
        match self {
            Self::OpenAi => false,
            Self::Gemini | Self::Vertex => true,
        }
    }
}
