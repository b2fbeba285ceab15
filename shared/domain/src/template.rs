//! The typed template, and the rules that go beyond its spelling.

pub use stet_canon::template::*;

/// Bytes of UTF-8 that a token is reckoned at: the vendors' rule of thumb for English; it is no bill.
pub const BYTES_PER_TOKEN: u64 = 4;

/// Tokens that an answer is reckoned with where the template sets no bound.
const OUTPUT_TOKENS: u64 = 1_024;

/// Tokens that a call of the template may take, before anything is known of its answer: the recipe by its canonical length in bytes, and as much output as it allows.
/// What a search adds is not foreseeable.
#[must_use]
pub fn call_tokens(template: &Template, canonical_bytes: usize) -> u64 {
    let output = template.generation.max_output_tokens.map_or(OUTPUT_TOKENS, u64::from);
    (canonical_bytes as u64).div_ceil(BYTES_PER_TOKEN).saturating_add(output)
}
