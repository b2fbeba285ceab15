//! Gemini by its Developer API (providers-wire.md §2).

mod client;
mod reply;

pub use crate::generate_content::{Page, encode};
pub use client::{Gemini, GeminiOptions};
pub use reply::{decode, decode_listing};
