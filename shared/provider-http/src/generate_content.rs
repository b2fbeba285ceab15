//! The generateContent format, which the Gemini Developer API and Vertex AI share (providers-wire.md §2).
//!
//! What differs between the two, address, credential and list of models, is in their own modules.

mod chunks;
mod decode;
mod encode;
mod errors;
mod evidence;
mod finish;
mod listing;
mod models;
mod usage;

pub use encode::encode;
pub use listing::Page;

pub(crate) use decode::decode;
pub(crate) use listing::{Shape, collect, read};
