//! The canonical form of a JSON Schema, draft 2020-12: references inlined, sets sorted (canonical.md §4).

mod arena;
mod check;
mod document;
mod expand;
mod keyword;
mod links;
mod reference;

use crate::json::Json;
use crate::refusal::{Offences, Refusal};

use document::Document;
use links::Links;

/// Bytes that an expanded canonical schema may have (canonical.md §4).
pub const MAX_SCHEMA_BYTES: usize = 262_144;

/// The canonical form of `schema`; pointers of refusals start with `pointer_prefix`, where the schema stands.
///
/// # Errors
/// Every offence of the schema, at most [`crate::refusal::MAX_OFFENCES`]: first those of its structure, then, if there are
/// none, those of its references, then those of its expanded size and depth, which are counted before anything is written.
pub fn canonicalize(schema: &Json, pointer_prefix: &str) -> Result<Json, Vec<Refusal>> {
    let mut document = Document::new(schema, pointer_prefix);
    document.check_all();
    let links = if document.offences.is_empty() { links::of(&mut document) } else { Links::new() };
    let expanded = if document.offences.is_empty() { expand::root(&mut document, links) } else { None };
    let Document { offences, .. } = document;
    expanded.filter(|_| Offences::is_empty(&offences)).ok_or_else(|| offences.into_vec())
}

#[cfg(test)]
mod tests;
