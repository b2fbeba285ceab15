//! Ambient Location Signals: the deterministic block of local cues ahead of the question (system.md, "ALS").

mod block;
mod candidates;
mod catalog;

pub use block::{AlsBlock, AlsError, CONTROL_LOCALE, MAX_BLOCK_CHARS, block, block_of, seed, variant_index};
pub use candidates::key_candidates;
pub use catalog::{Catalog, Cues, V1_SHA256, catalog_sha256};

pub use crate::keyring::{Keyring, is_key_id, secret_check};
