//! What is asked of a model, in no vendor's words.

use stet_domain::mode::GroundingMode;
use stet_domain::trace::TraceParent;
use stet_domain::{Digest, Json, Region};

pub use stet_domain::prompt::Turn;
pub use stet_domain::template::{Generation, Role, SearchContextSize};

/// The search that is offered to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// [`GroundingMode::Preferred`] or [`GroundingMode::Required`].
    pub mode: GroundingMode,
    /// How much of what was found the model reads.
    pub context_size: Option<SearchContextSize>,
    /// Where it may search; empty for everywhere.
    pub allowed_domains: Vec<String>,
    /// The cell's country; `None` asks for no location, which is sent explicitly (providers.md, Requests 1).
    pub country: Option<Region>,
}

/// The form of the output that the provider is told.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputForm {
    /// Free text.
    Text,
    /// Any JSON.
    Json,
    /// JSON that the provider itself holds to the schema.
    StrictJson {
        /// The canonical schema.
        schema: Json,
    },
    /// JSON of a schema that the provider is told without holding to it.
    LooseJson {
        /// The canonical schema.
        schema: Json,
    },
}

/// One request to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The exact model id.
    pub model: String,
    /// The system messages, joined by a blank line.
    pub system: Option<String>,
    /// The conversation: the ALS block first, then the template's other messages.
    pub turns: Vec<Turn>,
    /// Sampling and budget; only what is set is sent.
    pub generation: Generation,
    /// The form of the output.
    pub output: OutputForm,
    /// The search, where one is offered.
    pub search: Option<Search>,
    /// Sent as `X-Client-Request-Id` (providers.md, Requests 5).
    pub client_request_id: Digest,
    /// Sent as `traceparent`, where the call goes on a caller's trace.
    pub trace: Option<TraceParent>,
}
