//! Derived identities: digests of objects with exactly the keys of canonical.md §5.

mod batch;
mod citation;
mod input;
mod plan;
mod run;

pub use batch::BatchIdentity;
pub use citation::{Citation, CitationsIdentity};
pub use input::InputsIdentity;
pub use plan::PlanIdentity;
pub use run::RunIdentity;
