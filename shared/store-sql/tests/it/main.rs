//! The engines under the suite of the port, and what is particular to each.

#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod postgres;
mod sqlite;
