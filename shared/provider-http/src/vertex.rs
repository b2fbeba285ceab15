//! Gemini by Vertex AI (providers-wire.md §2).

mod access;
mod account;
mod assertion;
mod client;
mod location;
mod reply;
mod token;

pub use crate::generate_content::{Page, encode};
pub use account::{AccountError, ServiceAccount};
pub use client::{Vertex, VertexCredentials, VertexOptions};
pub use location::base_url;
pub use reply::{decode, decode_listing};
