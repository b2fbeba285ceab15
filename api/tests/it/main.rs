//! The real router over the real SQLite store; the modules below `v1` mirror the paths.
#![expect(clippy::unwrap_used, reason = "fixtures fail a test by panicking")]

mod bad_input;
mod fixture;
mod generated;
mod idempotency;
mod openapi;
mod problems;
mod roles;
mod serve;
mod tenancy;
mod v1;
