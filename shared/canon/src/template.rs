//! The canonical template: the closed, typed, hashed surface of a `config` (canonical.md §4).

mod als;
mod fields;
mod generation;
mod grounding;
mod input;
mod message;
mod output;
mod provider;
mod read;
mod value;
mod words;

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::json::{Json, Members};
use crate::refusal::{Code, Refusal};

pub use als::Als;
pub use generation::{Generation, ReasoningEffort};
pub use grounding::{Grounding, SearchContextSize};
pub use input::{Input, InputType, InputValue, fill_inputs};
pub use message::{Message, Role};
pub use output::Output;
pub use provider::Provider;

use read::SeedKeyId;

/// Bytes that a template may have, as submitted and in its canonical form (canonical.md §4).
pub const MAX_TEMPLATE_BYTES: usize = 262_144;

/// The version of the canonical form that a template names in `spec`.
pub const SPEC: u64 = 1;

/// A template's `config` in canonical form, defaults written out.
///
/// Plain data: [`Template::parse`] is what makes its values canonical and within bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The vendor's API that is called.
    pub provider: Provider,
    /// The exact model id that is requested; case kept.
    pub model_version_constraint: String,
    /// Fingerprints that an answer may carry, sorted; any where empty.
    pub model_fingerprint_allowlist: Vec<String>,
    /// The conversation in its order, system messages first.
    pub messages: Vec<Message>,
    /// The declared inputs by name.
    pub inputs: BTreeMap<String, Input>,
    /// Parameters of the generation, each sent only if set.
    pub generation: Generation,
    /// What the model is to answer with.
    pub output: Output,
    /// How search is asked for.
    pub grounding: Grounding,
    /// Gemini and Vertex: grounded step 1, tool-less reshape step 2.
    pub grounded_json_two_step: bool,
    /// Fixed prompts hashed at preflight and resume, in their order.
    pub canary: Option<Vec<String>>,
    /// The ambient location signals, if the template uses them.
    pub als: Option<Als>,
    /// The version of the canonical form: always [`SPEC`].
    pub spec: u64,
}

/// The canonical bytes of a template's `config` document.
///
/// # Errors
/// Every offence of the document, at most [`crate::refusal::MAX_OFFENCES`]; also `MISSING_FIELD` for an `als` without `seed_key_id`.
pub fn canonicalize(config: &[u8]) -> Result<Vec<u8>, Vec<Refusal>> {
    let template = read::template(&parsed(config)?, SeedKeyId::Required)?;
    Ok(template.canonical_bytes())
}

fn parsed(config: &[u8]) -> Result<Json, Vec<Refusal>> {
    bounded(config.len())?;
    Json::parse(config).map_err(|refusal| vec![refusal])
}

fn bounded(bytes: usize) -> Result<(), Vec<Refusal>> {
    if bytes <= MAX_TEMPLATE_BYTES {
        return Ok(());
    }
    let message = format!("the template has {bytes} bytes, at most {MAX_TEMPLATE_BYTES} are allowed");
    Err(vec![Refusal::at_pointer(Code::TemplateTooLarge, message, "")])
}

impl Template {
    /// Reads a `config` document; `als.seed_key_id` may be absent and is then filled by [`Template::with_seed_key_id`].
    ///
    /// # Errors
    /// Every offence of the document, in the order of the field table, at most [`crate::refusal::MAX_OFFENCES`].
    pub fn parse(config: &[u8]) -> Result<Self, Vec<Refusal>> {
        Self::from_json(&parsed(config)?)
    }

    /// Reads a `config` that is already parsed, as part of a larger document.
    ///
    /// # Errors
    /// As [`Template::parse`]; pointers start at `config`.
    pub fn from_json(config: &Json) -> Result<Self, Vec<Refusal>> {
        read::template(config, SeedKeyId::Optional)
    }

    /// The template with its `als.seed_key_id` set; unchanged without `als`.
    ///
    /// # Errors
    /// What `canon template` refuses in a submitted `als.seed_key_id`, and `TEMPLATE_TOO_LARGE`.
    pub fn with_seed_key_id(mut self, seed_key_id: &str) -> Result<Self, Vec<Refusal>> {
        if let Some(als) = &mut self.als {
            als.seed_key_id = Some(als::seed_key_id(seed_key_id)?);
        }
        bounded(self.canonical_bytes().len())?;
        Ok(self)
    }

    /// The canonical form with every field of the table; absent optionals are `null`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let inputs: Members = self.inputs.iter().map(|(name, input)| (name, input.to_json())).collect();
        let messages: Vec<Json> = self.messages.iter().map(Message::to_json).collect();
        let members: Members = [
            ("provider", self.provider.as_str().into()),
            ("model_version_constraint", Json::from(&self.model_version_constraint)),
            ("model_fingerprint_allowlist", value::set(&self.model_fingerprint_allowlist)),
            ("messages", messages.into()),
            ("inputs", inputs.into()),
            ("generation", self.generation.to_json()),
            ("output", self.output.to_json()),
            ("grounding", self.grounding.to_json()),
            ("grounded_json_two_step", self.grounded_json_two_step.into()),
            ("canary", self.canary.clone().into()),
            ("als", self.als.as_ref().map(Als::to_json).into()),
            ("spec", self.spec.into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }

    /// The canonical bytes: what is hashed, stored and sent.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        self.to_json().to_canonical_bytes()
    }

    /// `template_sha256`. Final only once `als.seed_key_id` is filled, for it is part of the hashed bytes.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        Digest::of(&self.canonical_bytes())
    }
}

#[cfg(test)]
mod tests;
