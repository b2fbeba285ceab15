//! Ambient Location Signals: the deterministic block of local cues ahead of the question (system.md, "ALS").

mod block;
mod catalog;

pub use block::{AlsBlock, AlsError, CONTROL_LOCALE, MAX_BLOCK_CHARS, block, seed, variant_index};
pub use catalog::{Catalog, Cues, catalog_sha256};

pub use crate::keyring::{Keyring, KeyringError};
