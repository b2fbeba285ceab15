//! The crate against the contract in `vectors/`, and the properties that hold for every input.

#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod als;
mod generated;
mod inputs;
mod properties;
