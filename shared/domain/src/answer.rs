//! What a model answered, in no vendor's words.

use crate::citation::Citation;
use crate::echo::Echo;
use crate::lock::Observation;
use crate::storable::storable;
use crate::usage::TokenUsage;

/// How the model ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// It said all it meant to.
    Complete,
    /// It or a filter declined; the reason as answered.
    Refused {
        /// The vendor's reason or the refusal's text, bounded.
        reason: String,
    },
    /// It stopped early; the reason as answered.
    Incomplete {
        /// The vendor's reason.
        reason: String,
    },
    /// It ended without any text.
    Empty,
}

/// What an answer shows of searching (providers.md, "Evidence of grounding").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations: any of them may come with any other"
)]
pub struct SearchEvidence {
    /// A search that did not fail took place.
    pub performed: bool,
    /// A search was tried and every one failed.
    pub failed: bool,
    /// The queries, as far as the answer tells them.
    pub queries: Vec<String>,
    /// Whether the answer shows that the search brought something: sources, or citations of them.
    pub has_sources: bool,
    /// Any other sign of a tool at work, which a tool-less step must not show.
    pub tool_traces: bool,
    /// What the answer says it rests on, in its order.
    pub citations: Vec<Citation>,
}

/// A decoded answer; nothing in it is a guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How the model ended.
    pub finish: Finish,
    /// The text to use (providers.md, Decoding 2 and 3).
    pub text: String,
    /// The last message alone, where there were several: strict JSON falls back to it (providers.md, Decoding 2).
    pub last_message_text: Option<String>,
    /// The effective version and the fingerprint, as answered; `None` where the answer names no model.
    pub observed: Option<Observation>,
    /// The version exactly as answered, before a leading `models/` is stripped.
    pub model_version_raw: Option<String>,
    /// The service tier or traffic type that served the call.
    pub service_tier: Option<String>,
    /// Echoed sampling defaults and tool settings, where the API echoes any.
    pub echo: Option<Echo>,
    /// What was searched and cited.
    pub search: SearchEvidence,
    /// Tokens.
    pub usage: TokenUsage,
    /// The provider's id of the answer.
    pub response_id: Option<String>,
}

impl Answer {
    /// The answer with the texts that become columns as every engine can store them ([`storable`]); the output stays as it came.
    #[must_use]
    pub fn storable(self) -> Self {
        let optional = |text: Option<String>| text.map(storable);
        let observed = self.observed.map(|observed| Observation {
            model_version: storable(observed.model_version),
            model_fingerprint: optional(observed.model_fingerprint),
        });
        let citations = self
            .search
            .citations
            .into_iter()
            .map(|citation| Citation {
                url_raw: storable(citation.url_raw),
                url: storable(citation.url),
                title: optional(citation.title),
                domain: optional(citation.domain),
                class: citation.class,
                span: optional(citation.span),
            })
            .collect();
        Self {
            observed,
            service_tier: optional(self.service_tier),
            search: SearchEvidence { citations, ..self.search },
            ..self
        }
    }
}
