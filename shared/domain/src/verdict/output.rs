//! The output of an answer: which text it is, its one hash, and whether it is what the template asks for.

use stet_canon::{Digest, Json, output, text};

use super::identity::Offence;
use super::schema::OutputSchema;
use crate::answer::Answer;
use crate::code::ErrorCode;
use crate::template::{Output, Template};

/// The byte form that an output is hashed in (canonical.md §2 and §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputForm {
    /// Canonical text: text outputs, and JSON ones that are no JSON.
    Text,
    /// Canonical JSON.
    Json,
}

/// An output and what is recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedOutput {
    /// The output exactly as answered; the last message alone where `from_last_message` says so.
    pub text: String,
    /// `response_output_sha256`.
    pub sha256: Digest,
    /// `output_json_valid`: `None` for text outputs.
    pub json_valid: Option<bool>,
    /// `json_from_last_message`: `None` for text outputs.
    pub from_last_message: Option<bool>,
}

/// The one hash of an output, and the form it was hashed in: JSON outputs fall back to the text form where they are no JSON.
#[must_use]
pub fn hash_output(output: &str, is_json: bool) -> (Digest, OutputForm) {
    match is_json.then(|| output::canonicalize(output.as_bytes())) {
        Some(Ok(canonical)) => (Digest::of(&canonical), OutputForm::Json),
        Some(Err(_)) | None => (hash_text(output), OutputForm::Text),
    }
}

fn hash_text(output: &str) -> Digest {
    Digest::of(text::canonical(output).as_bytes())
}

/// Judges the text of an answer; no text, no output. The offence is one only where the template is strict.
pub(super) fn judge(
    template: &Template,
    schema: Option<&OutputSchema>,
    answer: &Answer,
) -> (Option<JudgedOutput>, Result<(), Offence>) {
    if answer.text.is_empty() {
        return (None, Ok(()));
    }
    let strict = match &template.output {
        Output::Text => {
            let output = JudgedOutput {
                sha256: hash_text(&answer.text),
                text: answer.text.clone(),
                json_valid: None,
                from_last_message: None,
            };
            return (Some(output), Ok(()));
        }
        Output::Json { strict, .. } => *strict,
    };
    let (output, offence) = judge_json(schema.filter(|_| strict), answer);
    (Some(output), if strict { offence } else { Ok(()) })
}

fn judge_json(schema: Option<&OutputSchema>, answer: &Answer) -> (JudgedOutput, Result<(), Offence>) {
    let (text, parsed, from_last) = match (Json::parse(answer.text.as_bytes()), &answer.last_message_text) {
        (Err(refusal), Some(last)) => match Json::parse(last.as_bytes()) {
            Ok(json) => (last, Ok(json), true),
            // Neither reads: what is kept and named is the whole answer.
            Err(_of_the_part) => (&answer.text, Err(refusal), false),
        },
        (parsed, _) => (&answer.text, parsed, false),
    };
    let (sha256, offence) = match parsed {
        Err(refusal) => {
            (hash_text(text), Err(Offence::new(ErrorCode::OutputInvalidJson, refusal.to_string())))
        }
        Ok(json) => {
            let checked = schema.map_or(Ok(()), |schema| schema.check(&json));
            (json.digest(), checked.map_err(|detail| Offence::new(ErrorCode::OutputSchemaMismatch, detail)))
        }
    };
    let output = JudgedOutput {
        text: text.clone(),
        sha256,
        json_valid: Some(offence.is_ok()),
        from_last_message: Some(from_last),
    };
    (output, offence)
}
