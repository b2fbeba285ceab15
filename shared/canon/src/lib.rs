//! Canonical bytes and digests: pure, no I/O, compiles to wasm32.
//!
//! Every hash in Stet is the lower-case hexadecimal SHA-256 of one of three byte forms: canonical JSON ([`output`], [`Json`]),
//! canonical text ([`text`]) and the canonical template ([`template`]). `canonical.md` is the rule; the vectors in
//! `vectors/` prove that Rust, Python and TypeScript agree on it.

pub mod digest;
pub mod identity;
pub mod json;
pub mod merkle;
pub mod number;
pub mod output;
pub mod placeholder;
mod pointer;
pub mod record;
pub mod refusal;
pub mod region;
pub mod schema;
pub mod template;
pub mod text;
mod trim;

pub use digest::Digest;
pub use json::{Json, Members};
pub use number::Number;
pub use refusal::{Code, Position, Refusal};
