//! A template's JSON Schema, compiled once and used for every output.

use std::fmt;

use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;
use stet_canon::Json;

use crate::code::ErrorCode;
use crate::template::{Output, Template};

/// Patterns in one schema at most: each is compiled.
pub const MAX_PATTERNS: usize = 256;

/// Bytes that one compiled pattern takes at most.
pub const PATTERN_SIZE_LIMIT_BYTES: usize = 262_144;

/// Characters of a validation error that are kept.
const DETAIL_CHARS: usize = 500;

/// A strict schema, ready to check outputs against: shared by all runs of a template.
pub struct OutputSchema {
    validator: Validator,
}

impl fmt::Debug for OutputSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputSchema").finish_non_exhaustive()
    }
}

/// A schema that outputs cannot be checked against.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schema cannot be used (at {pointer:?}): {detail}")]
pub struct InvalidSchema {
    /// A JSON pointer into the canonical schema.
    pub pointer: String,
    /// Whether it is a schema of draft 2020-12 that only this server does not take.
    pub unsupported: bool,
    /// What is wrong.
    pub detail: String,
}

impl InvalidSchema {
    /// `SCHEMA_INVALID` or `SCHEMA_UNSUPPORTED`.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        if self.unsupported { ErrorCode::SchemaUnsupported } else { ErrorCode::SchemaInvalid }
    }
}

impl OutputSchema {
    /// The schema that a template's outputs are checked against: `None` unless its output is strict.
    ///
    /// # Errors
    /// [`InvalidSchema`]: none for a template that passed the rules of creation.
    pub fn of(template: &Template) -> Result<Option<Self>, InvalidSchema> {
        match &template.output {
            Output::Json { schema: Some(schema), strict: true } => Self::compile(schema).map(Some),
            Output::Json { schema: Some(_) | None, .. } | Output::Text => Ok(None),
        }
    }

    /// Compiles a canonical schema: checked against the meta-schema, patterns only of the kind that matches in linear time, no reference followed.
    ///
    /// # Errors
    /// [`InvalidSchema`] with the place in the schema.
    pub fn compile(schema: &Json) -> Result<Self, InvalidSchema> {
        let patterns = count_patterns(schema);
        if patterns > MAX_PATTERNS {
            let detail = format!("{patterns} patterns, at most {MAX_PATTERNS} are allowed");
            return Err(InvalidSchema { pointer: String::new(), unsupported: true, detail });
        }
        let value = to_value(schema);
        jsonschema::draft202012::meta::validate(&value).map_err(|error| InvalidSchema {
            pointer: error.instance_path().to_string(),
            unsupported: false,
            detail: bounded(&error.to_string()),
        })?;
        let linear = PatternOptions::regex().size_limit(PATTERN_SIZE_LIMIT_BYTES);
        let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
        match options.with_pattern_options(linear).build(&value) {
            Ok(validator) => Ok(Self { validator }),
            Err(error) => Err(InvalidSchema {
                pointer: error.instance_path().to_string(),
                unsupported: compiles_with_backtracking(&value),
                detail: bounded(&error.to_string()),
            }),
        }
    }

    /// Checks an output in its canonical form, so that equal hashes have equal verdicts.
    ///
    /// # Errors
    /// What is wrong and where, bounded.
    pub fn check(&self, output: &Json) -> Result<(), String> {
        let value = to_value(output);
        self.validator.validate(&value).map_err(|error| {
            // The masked form says what is wrong without repeating the output.
            bounded(&format!("{} (at {:?})", error.masked(), error.instance_path().to_string()))
        })
    }
}

/// Whether only the missing look-around and back-references keep a schema from compiling.
fn compiles_with_backtracking(schema: &Value) -> bool {
    let backtracking = PatternOptions::fancy_regex().size_limit(PATTERN_SIZE_LIMIT_BYTES);
    let options = jsonschema::options().with_draft(Draft::Draft202012).offline();
    options.with_pattern_options(backtracking).build(schema).is_ok()
}

fn count_patterns(schema: &Json) -> usize {
    match schema {
        Json::Object(members) => members
            .iter()
            .map(|(key, value)| {
                let here = match (key, value) {
                    ("pattern", Json::String(_)) => 1,
                    ("patternProperties", Json::Object(patterns)) => patterns.len(),
                    _ => 0,
                };
                here + count_patterns(value)
            })
            .sum(),
        Json::Array(elements) => elements.iter().map(count_patterns).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => 0,
    }
}

/// The same value for the validator; it never leads back to bytes that are hashed. Integers beyond 64 bits are compared as the nearest double.
fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(
            number
                .as_str()
                .parse()
                .expect("a canonical number is a JSON number, and its precision is arbitrary"),
        ),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(elements) => Value::Array(elements.iter().map(to_value).collect()),
        Json::Object(members) => {
            Value::Object(members.iter().map(|(key, value)| (key.to_owned(), to_value(value))).collect())
        }
    }
}

fn bounded(detail: &str) -> String {
    detail.chars().take(DETAIL_CHARS).collect()
}
