//! Parameters of the generation.

use super::fields::Fields;
use super::value::{fraction, integer, strings, up_to, word};
use super::words::words;
use crate::json::{Json, Members};
use crate::number::Number;
use crate::refusal::Offences;

/// Output tokens that a template may ask for.
const MAX_OUTPUT_TOKENS: u32 = 1_000_000;

/// Stop sequences that a template may have.
const MAX_STOPS: usize = 16;

/// Code points that a stop sequence may have.
const MAX_STOP_LENGTH: usize = 200;

words! {
    /// How much a reasoning model is to think.
    ReasoningEffort {
        /// Not at all.
        None = "none",
        /// As little as the model can.
        Minimal = "minimal",
        /// Little.
        Low = "low",
        /// The vendors' usual middle.
        Medium = "medium",
        /// Much.
        High = "high",
        /// More than `high`.
        Xhigh = "xhigh",
        /// As much as the model can.
        Max = "max",
    }
}

/// Parameters of the generation; each is sent only if it is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generation {
    /// Sampling temperature, 0–2.
    pub temperature: Option<Number>,
    /// Nucleus sampling, 0–1.
    pub top_p: Option<Number>,
    /// The vendor's sampling seed.
    pub seed: Option<i64>,
    /// Bound on the output in tokens, 1–1,000,000.
    pub max_output_tokens: Option<u32>,
    /// How much a reasoning model is to think.
    pub reasoning_effort: Option<ReasoningEffort>,
    /// Stop sequences in their order, verbatim.
    pub stop: Vec<String>,
}

impl Generation {
    pub(super) fn read(value: Option<&Json>, at: &str, offences: &mut Offences) -> Option<Self> {
        let known = ["temperature", "top_p", "seed", "max_output_tokens", "reasoning_effort", "stop"];
        let fields = Fields::open(value, &known, at, offences)?;
        Some(Self {
            temperature: fields
                .optional("temperature", offences, |value, at, offences| fraction(value, 2, at, offences)),
            top_p: fields.optional("top_p", offences, |value, at, offences| fraction(value, 1, at, offences)),
            seed: fields.optional("seed", offences, |value, at, offences| {
                integer(value, i64::MIN, i64::MAX, at, offences)
            }),
            max_output_tokens: fields
                .optional("max_output_tokens", offences, |value, at, offences| {
                    integer(value, 1, MAX_OUTPUT_TOKENS.into(), at, offences)
                })
                .and_then(|tokens| u32::try_from(tokens).ok()),
            reasoning_effort: fields.optional("reasoning_effort", offences, |value, at, offences| {
                word(value, ReasoningEffort::ALL, ReasoningEffort::as_str, at, offences)
            }),
            stop: fields
                .optional("stop", offences, |value, at, offences| {
                    strings(value, up_to(MAX_STOPS), MAX_STOP_LENGTH, at, offences)
                })
                .unwrap_or_default(),
        })
    }

    pub(super) fn to_json(&self) -> Json {
        let members: Members = [
            ("temperature", Json::from(self.temperature.clone())),
            ("top_p", self.top_p.clone().into()),
            ("seed", self.seed.into()),
            ("max_output_tokens", self.max_output_tokens.into()),
            ("reasoning_effort", self.reasoning_effort.into()),
            ("stop", self.stop.clone().into()),
        ]
        .into_iter()
        .collect();
        members.into()
    }
}
