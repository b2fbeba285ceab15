//! Sealed segments: proof that no terminal run was removed or put in later (system.md, "Immutability and integrity").

mod get_segment;
mod list_segments;
mod seal_segments;
mod unsealed;
mod verify_segment;

pub use seal_segments::Sealed;
pub use unsealed::Unsealed;
