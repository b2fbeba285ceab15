//! From a submitted `config` to a template, field by field in the order of the table.

use std::collections::BTreeSet;

use super::value::{boolean, identifier, one_to, sorted, strings, up_to, word};
use super::{Als, Generation, Grounding, Output, Provider, SPEC, Template, bounded, input, message};
use crate::json::Json;
use crate::number::Number;
use crate::refusal::{Code, Offences, Refusal, abridged};
use crate::template::fields::Fields;
use crate::trim::trimmed;

/// Code points that a model's id and a fingerprint may have.
const MAX_NAME_LENGTH: usize = 200;

/// Fingerprints that an allowlist may have.
const MAX_FINGERPRINTS: usize = 64;

/// Canary prompts that a template may have.
const MAX_CANARIES: usize = 5;

/// Code points that a canary prompt may have.
const MAX_CANARY_LENGTH: usize = 1_000;

const FIELDS: [&str; 12] = [
    "provider",
    "model_version_constraint",
    "model_fingerprint_allowlist",
    "messages",
    "inputs",
    "generation",
    "output",
    "grounding",
    "grounded_json_two_step",
    "canary",
    "als",
    "spec",
];

/// Whether an `als` may come without its `seed_key_id`.
#[derive(Clone, Copy)]
pub(super) enum SeedKeyId {
    /// The server fills it in.
    Optional,
    /// `canon template` has no server to ask.
    Required,
}

pub(super) fn template(config: &Json, seed_key_id: SeedKeyId) -> Result<Template, Vec<Refusal>> {
    let mut offences = Offences::default();
    let template = read(config, seed_key_id, &mut offences);
    match template {
        Some(template) if offences.is_empty() => {
            bounded(template.canonical_bytes().len())?;
            Ok(template)
        }
        Some(_) | None => Err(offences.into_vec()),
    }
}

fn read(config: &Json, seed_key_id: SeedKeyId, offences: &mut Offences) -> Option<Template> {
    let fields = Fields::open(Some(config), &FIELDS, "", offences)?;
    let provider = fields.required("provider", offences, read_provider);
    let model_version_constraint =
        fields.required("model_version_constraint", offences, |value, at, offences| {
            identifier(value, one_to(MAX_NAME_LENGTH), at, offences)
        });
    let model_fingerprint_allowlist = fields
        .optional("model_fingerprint_allowlist", offences, |value, at, offences| {
            strings(value, up_to(MAX_FINGERPRINTS), MAX_NAME_LENGTH, at, offences).map(sorted)
        })
        .unwrap_or_default();
    let declared = declared_names(fields.get("inputs"));
    let messages = fields.required("messages", offences, |value, at, offences| {
        message::messages(value, &declared, at, offences)
    });
    let inputs = fields.optional("inputs", offences, input::inputs).unwrap_or_default();
    let generation = Generation::read(fields.get("generation"), "/generation", offences);
    let output = Output::read(fields.get("output"), "/output", offences);
    let grounding = Grounding::read(fields.get("grounding"), "/grounding", offences);
    let grounded_json_two_step = match fields.get("grounded_json_two_step") {
        None => provider.map(Provider::has_two_steps),
        Some(value) => two_step(value, provider, offences),
    };
    let canary = fields.optional("canary", offences, |value, at, offences| {
        strings(value, one_to(MAX_CANARIES), MAX_CANARY_LENGTH, at, offences)
    });
    let als =
        fields.optional("als", offences, |value, at, offences| Als::read(value, seed_key_id, at, offences));
    if let Some(other) = fields.get("spec").filter(|value| value.as_number() != Some(&Number::from(SPEC))) {
        let message =
            format!("{} is no canonical version, {SPEC} is", abridged(&other.to_canonical_string()));
        offences.add::<()>(Code::ValueNotAllowed, message, "/spec");
    }
    Some(Template {
        provider: provider?,
        model_version_constraint: model_version_constraint?,
        model_fingerprint_allowlist,
        messages: messages?,
        inputs,
        generation: generation?,
        output: output?,
        grounding: grounding?,
        grounded_json_two_step: grounded_json_two_step?,
        canary,
        als,
        spec: SPEC,
    })
}

fn read_provider(value: &Json, at: &str, offences: &mut Offences) -> Option<Provider> {
    let name = identifier(value, one_to(usize::MAX), at, offences)?;
    word(&name.to_ascii_lowercase().into(), Provider::ALL, Provider::as_str, at, offences)
}

fn two_step(value: &Json, provider: Option<Provider>, offences: &mut Offences) -> Option<bool> {
    let at = "/grounded_json_two_step";
    let two_step = boolean(value, at, offences)?;
    match provider {
        Some(provider) if two_step && !provider.has_two_steps() => {
            offences.add(Code::ValueNotAllowed, format!("true: {provider} grounds JSON in one step"), at)
        }
        Some(_) | None => Some(two_step),
    }
}

/// The names that `inputs` declares, whether or not their declarations hold: an offence there is no second one in messages.
fn declared_names(inputs: Option<&Json>) -> BTreeSet<String> {
    inputs.and_then(Json::as_object).into_iter().flat_map(|members| members.keys().map(trimmed)).collect()
}
