//! A template's JSON Schema: valid under draft 2020-12, usable here, and within what the provider holds to.

use super::strict;
use crate::Provider;
use crate::code::ErrorCode;
use crate::field::FieldError;
use crate::template::{Output, Template};
use crate::verdict::OutputSchema;

pub(super) const POINTER: &str = "/output/schema";

pub(super) fn check(template: &Template, errors: &mut Vec<FieldError>) {
    let Output::Json { schema: Some(schema), strict } = &template.output else { return };
    let before = errors.len();
    if let Err(error) = OutputSchema::compile(schema) {
        errors.push(FieldError::new(format!("{POINTER}{}", error.pointer), error.code(), error.detail));
    }
    if *strict && template.provider == Provider::OpenAi && errors.len() == before {
        strict::check(schema, POINTER, errors);
    }
}

pub(super) fn unsupported(pointer: String, detail: impl Into<String>) -> FieldError {
    FieldError::new(pointer, ErrorCode::SchemaUnsupported, detail)
}
