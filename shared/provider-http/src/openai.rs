//! OpenAI by its Responses API (providers-wire.md §1).

mod client;
mod decode;
mod echo;
mod encode;
mod errors;
mod listing;
mod models;
mod search;
mod words;

pub use client::{OpenAi, OpenAiOptions};
pub use decode::decode;
pub use encode::encode;
pub use listing::decode_listing;
